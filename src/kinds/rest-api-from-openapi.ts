import type { ApiDescription } from '../model/api-description.ts';
import { methods } from './naming.ts';

const longestName = 100;

/** The fields of a spec for an API that OpenAPI describes, as gateways and their document take them. */
export function specFromOpenApi(api: ApiDescription) {
  const offered = api.operations.filter(({ method }) => methods.some((known) => known === method));
  const dropped = api.operations.filter((operation) => !offered.includes(operation));
  const name = nameFrom(api.title);
  const version = versionFrom(api.version);
  return {
    spec: {
      displayName: name,
      version,
      context: api.context,
      upstream: { main: { url: api.upstream } },
      operations: offered.map(({ method, path, description }) => ({
        method,
        path,
        ...(description === undefined ? {} : { description }),
      })),
    },
    notes: [
      ...(name === api.title
        ? []
        : [`the title ${JSON.stringify(api.title)} is shown as ${JSON.stringify(name)}`]),
      ...(isVersion(api.version)
        ? []
        : [`the version ${JSON.stringify(api.version)} is no number, so it is ${version}`]),
      ...dropped.map(({ method, path }) => `${method} ${path} is left out: gateways offer no ${method}`),
    ],
  };
}

/** Letters, digits, and a few marks: nothing else may stand in it. */
function nameFrom(title: string): string {
  const plain = title
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^a-zA-Z0-9\-_. ]+/g, ' ')
    .replace(/ +/g, ' ')
    .trim();
  return plain.slice(0, longestName).trim() || 'API';
}

const versionParts = /^v?(\d+)(?:\.(\d+))?(?:[.\-+].*)?$/i;

function isVersion(version: string): boolean {
  return versionParts.test(version);
}

/** As the management API's document asks for it: v1.0. */
function versionFrom(version: string): string {
  const [, major = '1', minor = '0'] = versionParts.exec(version) ?? [];
  return `v${Number(major)}.${Number(minor)}`;
}
