import { checkAccessControl, checkLlmPolicies } from '../rules/llm.ts';
import { checkLlmAuth } from '../rules/credentials.ts';
import { checkResilience } from '../rules/durations.ts';
import { checkDnsName, checkLabels, checkType } from '../rules/envelope.ts';
import { checkLlmTexts } from '../rules/texts.ts';
import { checkServiceUpstream, checkUpstreamDefinitions } from '../rules/upstreams.ts';
import type { Rulebook, Violation } from '../rules/violation.ts';
import type { Store } from '../store/store.ts';
import type { JsonObject } from '../wire/json.ts';
import { compact, objectOf, textOf } from '../wire/json.ts';
import type { Reply } from '../wire/reply.ts';
import { problem } from '../wire/reply.ts';
import { generatedApi } from './generated.ts';
import type { EnvelopeKind } from './kind.ts';
import { llmProviderTemplate } from './llm-provider-template.ts';
import { refuseNumbered } from './refusals.ts';
import * as shapes from './shapes.ts';

export const llmProvider: EnvelopeKind = {
  kind: 'LlmProvider',
  collection: 'llm-providers',
  listKey: 'providers',
  deployable: true,
  filters: ['displayName', 'version', 'context', 'status', 'vhost'],
  shape: (api) =>
    shapes.envelope({
      ...shapes.common,
      ...shapes.newer(api, {
        resilience: shapes.resilience,
        upstreamDefinitions: shapes.upstreamDefinitions,
        globalPolicies: shapes.policies,
        operationPolicies: shapes.operationPolicies,
      }),
      vhost: 'string',
      template: 'string',
      upstream: shapes.authenticatedUpstream,
      accessControl: {
        fields: {
          mode: 'string',
          exceptions: { list: { fields: { path: 'string', methods: shapes.texts } } },
        },
      },
      policies: shapes.pathPolicies,
    }),
  validate,
  refuse: refuseNumbered('provider validation failed with'),
  says: {
    unreadable: 'failed to parse provider configuration',
    deleted: 'LLM provider deleted successfully',
    absent,
    taken: 'configuration',
  },
  conflictStatus: 400,
  rename: 'allowed',
  uniqueVersion: true,
  resolve,
  credentials: (spec) => new Map([['upstream', objectOf(objectOf(spec.upstream).auth)]]),
  undeployable: true,
  keepsDeployedAt: false,
  putTellsCreation: false,
  generated: (entry, rendered) =>
    generatedApi(entry, rendered, compact({ name: entry.handle, annotations: entry.metadata.annotations })),
};

function absent(handle: string, method: 'GET' | 'PUT' | 'DELETE'): Reply {
  if (method === 'GET') return problem(404, `LLM provider configuration with handle '${handle}' not found`);
  const message = `failed to look up LLM provider: configuration not found: handle=${handle}`;
  return problem(method === 'PUT' ? 400 : 404, message);
}

/** A provider does not keep its template from being deleted, so nothing is remembered. */
function resolve(spec: JsonObject, store: Store): readonly string[] | Reply {
  const template = textOf(spec.template);
  if (store.get(llmProviderTemplate.collection, template) !== undefined) return [];
  const reason = `failed to retrieve template '${template}': configuration not found: handle=${template}`;
  return problem(400, `failed to transform LLM provider to API configuration: ${reason}`);
}

function validate(document: JsonObject, rules: Rulebook): readonly Violation[] {
  const spec = objectOf(document.spec);
  return [
    ...checkType(document, 'LlmProvider', rules),
    ...checkDnsName(document),
    ...checkLabels(document),
    ...checkLlmTexts(textOf(spec.displayName), textOf(spec.version), 'Provider'),
    ...(textOf(spec.template) === '' ? [{ field: 'spec.template', message: 'Template is required' }] : []),
    ...checkUpstreamDefinitions(spec.upstreamDefinitions, rules),
    ...checkServiceUpstream(spec, rules),
    ...checkLlmAuth(objectOf(spec.upstream).auth, 'spec.upstream.auth', rules),
    ...checkAccessControl(objectOf(spec.accessControl)),
    ...checkLlmPolicies(spec, rules),
    ...checkResilience(spec.resilience, 'spec.resilience'),
  ];
}
