import type { Api } from '../generation.ts';
import type { ObjectShape, Shape } from '../wire/shape.ts';

/** The shape of an envelope around a spec. Other fields of metadata, and a status that a client sends, vanish. */
export function envelope(spec: Readonly<Record<string, Shape>>): ObjectShape {
  const metadata = {
    fields: { name: 'string', labels: { map: 'string' }, annotations: { map: 'string' } },
  } as const;
  return { fields: { apiVersion: 'string', kind: 'string', metadata, spec: { fields: spec } } };
}

/** `fields` where the generation is 1, nothing otherwise. */
export function newer(api: Api, fields: Readonly<Record<string, Shape>>): Readonly<Record<string, Shape>> {
  return api === 'v1' ? fields : {};
}

export const texts: Shape = { list: 'string' };

export const policy: Shape = {
  fields: { name: 'string', version: 'string', executionCondition: 'string', params: { map: 'any' } },
};

export const policies: Shape = { list: policy };

const paths: Shape = { list: { fields: { path: 'string', methods: texts, params: { map: 'any' } } } };

export const pathPolicies: Shape = { list: { fields: { name: 'string', version: 'string', paths } } };

export const operationPolicies: Shape = {
  list: { fields: { name: 'string', version: 'string', executionCondition: 'string', paths } },
};

export const resilience: Shape = { fields: { timeout: 'string', idleTimeout: 'string' } };

export const vhosts: Shape = { fields: { main: 'string', sandbox: 'string' } };

export const upstream: Shape = { fields: { url: 'string', ref: 'string', hostRewrite: 'string' } };

export const auth: Shape = { fields: { type: 'string', header: 'string', value: 'string' } };

export const authenticatedUpstream: Shape = {
  fields: { url: 'string', ref: 'string', hostRewrite: 'string', auth },
};

export const upstreamDefinitions: Shape = {
  list: {
    fields: {
      name: 'string',
      basePath: 'string',
      timeout: { fields: { connect: 'string' } },
      upstreams: { list: { fields: { url: 'string', weight: 'integer' } } },
    },
  },
};

/** What all kinds of APIs have. */
export const common: Readonly<Record<string, Shape>> = {
  displayName: 'string',
  version: 'string',
  context: 'string',
  deploymentState: 'string',
};
