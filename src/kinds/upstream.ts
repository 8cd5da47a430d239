import {
  advised,
  integer,
  list,
  object,
  oneOf,
  optional,
  secret,
  text,
  type Static,
} from '../model/schema.ts';
import type { Address } from '../model/derived.ts';
import { isTemplate } from '../model/expression.ts';
import { goUrlFault } from '../model/go-url.ts';
import { didYouMean } from '../model/nearest.ts';
import { inlineValue, type SecretInput } from '../model/secret-source.ts';
import type { Violation } from '../model/violation.ts';
import { durationFault } from './duration.ts';

const hostRewrite = advised(text('auto (the default) or manual.'), { enum: ['auto', 'manual'] });

/** Where requests go: a URL, or the name of one of the spec's own upstreamDefinitions. */
export const upstreamFields = {
  url: optional(text('URL of the backend, http or https.')),
  ref: optional(text('Name of an entry of upstreamDefinitions.')),
  hostRewrite: optional(hostRewrite),
};

export const upstream = object('Where requests go: exactly one of url and ref.', upstreamFields);

export const upstreamDefinitions = list(
  'Backends that upstreams refer to by name.',
  object('A backend.', {
    name: text('Its name, unique among the definitions.', { minLength: 1 }),
    basePath: optional(text('Path before every request.')),
    timeout: optional(
      object('Timeouts.', { connect: optional(text('How long connecting may take, as 5s.')) }),
    ),
    upstreams: list(
      'Addresses.',
      object('An address.', {
        url: text('Its URL.'),
        weight: optional(integer('Share of the requests.', { minimum: 0, maximum: 100 })),
      }),
      { minItems: 1 },
    ),
  }),
);

/** How we show ourselves to a backend. `other` and `none` are known to generation 1 only. */
export const auth = (types: readonly string[] | undefined) =>
  object('How the gateway shows itself to the backend.', {
    type: types === undefined ? text('Way of showing.') : oneOf('Way of showing.', types),
    header: optional(text('Header that carries the value.')),
    value: optional(secret('The credential.')),
  });

export type Auth = Static<ReturnType<typeof auth>>;

/** Exactly one of url and ref; the URL is one that the gateway takes; the ref names a definition of the same spec. */
export function upstreamFaults(
  path: string,
  target: { readonly url?: string; readonly ref?: string },
  definitions: readonly { readonly name: string }[] | undefined,
): readonly Violation[] {
  if ((target.url === undefined) === (target.ref === undefined)) {
    return [{ path, fault: 'must have exactly one of url and ref' }];
  }
  if (target.url !== undefined) return urlFaults(`${path}.url`, target.url);
  const names = (definitions ?? []).map(({ name }) => name);
  if (isTemplate(target.ref) || names.includes(target.ref ?? '')) return [];
  const listed =
    names.length === 0 ? 'add it to spec.upstreamDefinitions' : `upstreamDefinitions has ${names.join(', ')}`;
  return [
    {
      path: `${path}.ref`,
      fault: 'names no upstream definition',
      value: target.ref,
      remedy: didYouMean(target.ref, names) ?? listed,
    },
  ];
}

/** A URL that the gateway takes: http or https with a host. */
export function urlFaults(path: string, url: string): readonly Violation[] {
  if (isTemplate(url)) return [];
  const fault = goUrlFault(url);
  if (fault === undefined) return [];
  // User and password stand in clear in the URL, so the value is shown without them.
  const value = url.replace(/\/\/[^/]*@/, '//…@');
  return [{ path, fault, value, remedy: 'write it as https://backend.example:8443/path' }];
}

/** Every address of some targets, and of all definitions, whoever refers to them. */
export function addressesOf(
  targets: Readonly<Record<string, { readonly url?: string } | undefined>>,
  definitions: readonly Definition[] | undefined,
): readonly Address[] {
  const all = [
    ...Object.entries(targets).map(([path, target]) => [`${path}.url`, target?.url] as const),
    ...(definitions ?? []).flatMap(({ upstreams }, index) =>
      upstreams.map(
        ({ url }, at) => [`spec.upstreamDefinitions[${index}].upstreams[${at}].url`, url] as const,
      ),
    ),
  ];
  return all.flatMap(([path, url]) => (url === undefined ? [] : [{ path, url }]));
}

/** Addresses that are templates: accepted, and after its next start the gateway hands them on unrendered (measured). */
export function templatedAddresses(addresses: readonly Address[]): readonly Violation[] {
  return addresses
    .filter(({ url }) => isTemplate(url))
    .map(({ path }) => ({
      path,
      fault: 'must not be a template: after its next start the gateway takes it as it is written',
      remedy: 'write the address itself; credentials have their place in auth',
    }));
}

type Definition = Static<typeof upstreamDefinitions>[number];

/** What both generations refuse about definitions. */
export function definitionFaults(definitions: readonly Definition[] | undefined): readonly Violation[] {
  return (definitions ?? []).flatMap((definition, index) => {
    const path = `spec.upstreamDefinitions[${index}]`;
    const first = (definitions ?? []).findIndex(({ name }) => name === definition.name);
    const repeated: Violation[] =
      first < index
        ? [
            {
              path: `${path}.name`,
              fault: `repeats spec.upstreamDefinitions[${first}].name`,
              value: definition.name,
            },
          ]
        : [];
    const urls = definition.upstreams.flatMap(({ url }, at) =>
      urlFaults(`${path}.upstreams[${at}].url`, url),
    );
    return [...repeated, ...urls, ...durationFault(`${path}.timeout.connect`, definition.timeout?.connect)];
  });
}

/** What only generation 1 refuses about definitions (measured: it checks what 0.9 lets through). */
export function strictDefinitionFaults(definitions: readonly Definition[] | undefined): readonly Violation[] {
  return (definitions ?? []).flatMap((definition, index) => {
    const path = `spec.upstreamDefinitions[${index}]`;
    const faults: Violation[] = [];
    if (!/^[a-zA-Z0-9\-_]{1,100}$/.test(definition.name)) {
      faults.push({
        path: `${path}.name`,
        fault: 'must be 1 to 100 letters, digits, - or _',
        value: definition.name,
      });
    }
    const connect = definition.timeout?.connect;
    if (connect !== undefined && (!/^\d+(\.\d+)?(ms|s|m|h)$/.test(connect) || parseFloat(connect) === 0)) {
      faults.push({
        path: `${path}.timeout.connect`,
        fault: 'must be one positive number with ms, s, m or h',
        value: connect,
      });
    }
    if (
      definition.basePath !== undefined &&
      !/^\/[a-zA-Z0-9\-._~!$&'()*+,;=:@%/]*[^/]$/.test(definition.basePath)
    ) {
      faults.push({
        path: `${path}.basePath`,
        fault: 'must start with / and not end with /',
        value: definition.basePath,
      });
    }
    for (const [at, { url }] of definition.upstreams.entries()) {
      if (/^https?:\/\/[^/?#]+\/[^?#]/i.test(url)) {
        faults.push({
          path: `${path}.upstreams[${at}].url`,
          fault: 'must have no path',
          value: url,
          remedy: 'put the path into basePath',
        });
      }
    }
    return faults;
  });
}

/** An `auth` wants a header and a value that is not empty, but for the types that do without. */
export function authFaults(
  path: string,
  given: Auth | undefined,
  bare: readonly string[] = ['none', 'other'],
): readonly Violation[] {
  if (given === undefined || bare.includes(given.type)) return [];
  const faults: Violation[] = given.type === '' ? [{ path: `${path}.type`, fault: 'must not be empty' }] : [];
  if (given.header === undefined || given.header === '')
    faults.push({ path: `${path}.header`, fault: 'is required' });
  if (isEmpty(given.value))
    faults.push({ path: `${path}.value`, fault: 'is required and must not be empty' });
  return faults;
}

/** A credential that whoever is on the way can read. */
export function plainCredentials(
  path: string,
  { url, auth: given }: { readonly url?: string; readonly auth?: Auth },
): readonly Violation[] {
  if (url === undefined || !/^http:/i.test(url)) return [];
  const inUrl = /^http:\/\/[^/?#]*@/i.test(url);
  const inHeader = given !== undefined && given.type !== 'none' && given.value !== undefined;
  if (!inUrl && !inHeader) return [];
  return [
    { path: `${path}.url`, fault: 'is plain HTTP, over which credentials are sent', remedy: 'use https' },
  ];
}

function isEmpty(value: SecretInput | undefined): boolean {
  return value === undefined || inlineValue(value) === '';
}
