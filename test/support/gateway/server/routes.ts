import { ApiKeys } from '../collections/api-keys.ts';
import { Certificates } from '../collections/certificates.ts';
import type { Context } from '../collections/context.ts';
import { Envelopes } from '../collections/envelopes.ts';
import { Plans } from '../collections/plans.ts';
import { Secrets } from '../collections/secrets.ts';
import { Subscriptions } from '../collections/subscriptions.ts';
import type { EnvelopeKind } from '../kinds/kind.ts';
import type { Role } from './access.ts';
import type { Route } from './router.ts';

const admin: readonly Role[] = ['admin'];
const developers: readonly Role[] = ['admin', 'developer'];
const consumers: readonly Role[] = ['admin', 'consumer'];

/** Who may read and write a collection of envelopes; anybody who is not named here: developers. */
const readers: Readonly<Record<string, readonly Role[]>> = { 'llm-provider-templates': admin };
const writers: Readonly<Record<string, readonly Role[]>> = {
  'llm-provider-templates': admin,
  'llm-providers': admin,
};

/** Collections below whose resources API keys stand. */
const withKeys = ['rest-apis', 'websub-apis', 'llm-providers', 'llm-proxies'];

/** Every route of the management API, without the base path. */
export function managementRoutes(kinds: readonly EnvelopeKind[], context: Context): readonly Route[] {
  return [
    ...kinds.flatMap((kind) => envelopeRoutes(kind, context)),
    ...kinds
      .filter(({ collection }) => withKeys.includes(collection))
      .flatMap((kind) => keyRoutes(kind, context)),
    ...secretRoutes(context),
    ...certificateRoutes(context),
    ...subscriptionRoutes(context),
  ];
}

function envelopeRoutes(kind: EnvelopeKind, context: Context): readonly Route[] {
  const collection = new Envelopes(kind, context);
  const path = `/${kind.collection}`;
  const read = readers[kind.collection] ?? developers;
  const write = writers[kind.collection] ?? developers;
  return [
    { method: 'GET', pattern: path, roles: read, answer: (request) => collection.list(request) },
    { method: 'POST', pattern: path, roles: write, answer: (request) => collection.post(request) },
    { method: 'GET', pattern: `${path}/{id}`, roles: read, answer: (request) => collection.get(request) },
    { method: 'PUT', pattern: `${path}/{id}`, roles: write, answer: (request) => collection.put(request) },
    {
      method: 'DELETE',
      pattern: `${path}/{id}`,
      roles: write,
      answer: (request) => collection.delete(request),
    },
  ];
}

function keyRoutes(kind: EnvelopeKind, context: Context): readonly Route[] {
  const keys = new ApiKeys(kind.collection, context);
  const path = `/${kind.collection}/{id}/api-keys`;
  const one = `${path}/{name}`;
  return [
    { method: 'GET', pattern: path, roles: consumers, answer: (request) => keys.list(request) },
    { method: 'POST', pattern: path, roles: consumers, answer: (request) => keys.post(request) },
    { method: 'PUT', pattern: one, roles: consumers, answer: (request) => keys.put(request) },
    { method: 'DELETE', pattern: one, roles: consumers, answer: (request) => keys.delete(request) },
    {
      method: 'POST',
      pattern: `${one}/regenerate`,
      roles: consumers,
      answer: (request) => keys.regenerate(request),
    },
  ];
}

function secretRoutes(context: Context): readonly Route[] {
  const secrets = new Secrets(context);
  return [
    { method: 'GET', pattern: '/secrets', roles: admin, answer: () => secrets.list() },
    { method: 'POST', pattern: '/secrets', roles: admin, answer: (request) => secrets.post(request) },
    { method: 'GET', pattern: '/secrets/{id}', roles: admin, answer: (request) => secrets.get(request) },
    { method: 'PUT', pattern: '/secrets/{id}', roles: admin, answer: (request) => secrets.put(request) },
    {
      method: 'DELETE',
      pattern: '/secrets/{id}',
      roles: admin,
      answer: (request) => secrets.delete(request),
    },
  ];
}

function certificateRoutes(context: Context): readonly Route[] {
  const certificates = new Certificates(context);
  const upload = context.api === 'v1' ? admin : developers;
  const path = '/certificates';
  return [
    { method: 'GET', pattern: path, roles: developers, answer: () => certificates.list() },
    { method: 'POST', pattern: path, roles: upload, answer: (request) => certificates.post(request) },
    { method: 'POST', pattern: `${path}/reload`, roles: admin, answer: () => certificates.reload() },
    {
      method: 'DELETE',
      pattern: `${path}/{id}`,
      roles: admin,
      answer: (request) => certificates.delete(request),
    },
  ];
}

function subscriptionRoutes(context: Context): readonly Route[] {
  const roles = context.api === 'v1' ? admin : developers;
  const collections = [
    { path: '/subscription-plans', rows: new Plans(context) },
    { path: '/subscriptions', rows: new Subscriptions(context) },
  ];
  return collections.flatMap(({ path, rows }): readonly Route[] => [
    { method: 'GET', pattern: path, roles, answer: (request) => rows.list(request) },
    { method: 'POST', pattern: path, roles, answer: (request) => rows.post(request) },
    { method: 'GET', pattern: `${path}/{id}`, roles, answer: (request) => rows.get(request) },
    { method: 'PUT', pattern: `${path}/{id}`, roles, answer: (request) => rows.put(request) },
    { method: 'DELETE', pattern: `${path}/{id}`, roles, answer: (request) => rows.delete(request) },
  ]);
}
