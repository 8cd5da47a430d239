import { checkLlmAuth } from '../rules/credentials.ts';
import { checkResilience } from '../rules/durations.ts';
import { checkDnsName, checkLabels, checkType } from '../rules/envelope.ts';
import { checkAdditionalProviders, checkLlmPolicies, checkProviderId } from '../rules/llm.ts';
import { checkLlmTexts } from '../rules/texts.ts';
import type { Rulebook, Violation } from '../rules/violation.ts';
import type { Store } from '../store/store.ts';
import type { JsonObject } from '../wire/json.ts';
import { compact, objectOf, objectsOf, textOf } from '../wire/json.ts';
import type { Reply } from '../wire/reply.ts';
import { problem } from '../wire/reply.ts';
import type { Shape } from '../wire/shape.ts';
import { generatedApi } from './generated.ts';
import type { EnvelopeKind, Write } from './kind.ts';
import { llmProvider } from './llm-provider.ts';
import { internalError, refuseNumbered } from './refusals.ts';
import * as shapes from './shapes.ts';

const additionalProvider: Shape = {
  fields: {
    id: 'string',
    as: 'string',
    auth: shapes.auth,
    transformer: { fields: { type: 'string', version: 'string', params: { map: 'any' } } },
  },
};

export const llmProxy: EnvelopeKind = {
  kind: 'LlmProxy',
  collection: 'llm-proxies',
  listKey: 'proxies',
  deployable: true,
  filters: ['displayName', 'version', 'context', 'status', 'vhost'],
  shape: (api) =>
    shapes.envelope({
      ...shapes.common,
      ...shapes.newer(api, {
        resilience: shapes.resilience,
        globalPolicies: shapes.policies,
        operationPolicies: shapes.operationPolicies,
        additionalProviders: { list: additionalProvider },
      }),
      vhost: 'string',
      provider: { fields: { id: 'string', auth: shapes.auth } },
      policies: shapes.pathPolicies,
    }),
  validate,
  refuse: refuseNumbered('proxy validation failed with'),
  says: {
    unreadable: 'failed to parse proxy configuration',
    deleted: 'LLM proxy deleted successfully',
    absent: (handle) => problem(404, `LLM proxy configuration with handle '${handle}' not found`),
    taken: 'configuration',
  },
  conflictStatus: 409,
  rename: 'allowed',
  uniqueVersion: true,
  resolve,
  credentials: (spec) =>
    new Map([
      ['provider', objectOf(objectOf(spec.provider).auth)],
      ...objectsOf(spec.additionalProviders).map(({ as, id, auth }): [string, JsonObject] => [
        `additional ${textOf(as ?? id)}`,
        objectOf(auth),
      ]),
    ]),
  undeployable: true,
  keepsDeployedAt: false,
  putTellsCreation: false,
  generated: (entry, rendered) =>
    generatedApi(entry, rendered, compact({ name: entry.handle, annotations: entry.metadata.annotations })),
};

/** An absent provider is told as if the proxy itself were absent. */
function resolve(spec: JsonObject, store: Store, write: Write, handle: string): readonly string[] | Reply {
  const ids = [objectOf(spec.provider), ...objectsOf(spec.additionalProviders)].map(({ id }) => textOf(id));
  const providers = ids.map((id) => store.get(llmProvider.collection, id));
  const found = providers.filter((provider) => provider !== undefined);
  if (found.length === ids.length) return found.map(({ uuid }) => uuid);
  if (write === 'PUT') return llmProxy.says.absent(handle, 'PUT');
  return problem(404, 'LLM proxy configuration not found');
}

function validate(document: JsonObject, rules: Rulebook): readonly Violation[] {
  const spec = objectOf(document.spec);
  const provider = objectOf(spec.provider);
  const found = [
    ...checkType(document, 'LlmProxy', rules),
    ...checkDnsName(document),
    ...checkLabels(document),
    ...checkLlmTexts(textOf(spec.displayName), textOf(spec.version), 'Proxy'),
    ...checkProviderId(textOf(provider.id), 'spec.provider.id'),
    ...checkAdditionalProviders(spec.additionalProviders, rules),
    ...checkLlmPolicies(spec, rules),
    ...checkResilience(spec.resilience, 'spec.resilience'),
  ];
  const auth = checkLlmAuth(provider.auth, 'spec.provider.auth', rules);
  // Generation 0.9 stumbles over a bad credential only when it builds the API from a proxy that is otherwise right.
  if (rules.api === 'v0.9' && found.length === 0 && auth.length > 0) {
    throw internalError();
  }
  return rules.api === 'v0.9' ? found : [...found, ...auth];
}
