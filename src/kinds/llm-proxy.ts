import { isTemplate } from '../model/expression.ts';
import { defineKind, type Reference } from '../model/kind.ts';
import { freeForm, list, object, optional, text, type Static } from '../model/schema.ts';
import type { Violation } from '../model/violation.ts';
import { templatedEnvelope } from './envelope.ts';
import { resilience, resilienceFaults } from './duration.ts';
import {
  llmOperations,
  llmPolicyFaults,
  llmPolicyFields,
  llmPolicyUses,
  newLlmPolicyFields,
} from './llm-policies.ts';
import { contextOf, deploymentState, llmContext, llmDisplayName, titleOf, version, vhost } from './naming.ts';
import { unresolvedSecret } from './odd-answers.ts';
import { auth, authFaults } from './upstream.ts';
import { vhostDefault } from './vhosts.ts';

const subdomain = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';
const providerId = text('Name of a LlmProvider.', { minLength: 1, maxLength: 253, pattern: subdomain });
const providerAuth = optional(auth(['api-key', 'other', 'none']));

const schema = object('An API in front of one or several LLM providers.', {
  displayName: llmDisplayName,
  version: optional(version),
  context: optional(llmContext),
  vhost: optional(vhost),
  provider: object('The provider.', { id: providerId, auth: providerAuth }),
  additionalProviders: optional(
    list(
      'Further providers. Generation 1 only.',
      object('A provider.', {
        id: providerId,
        as: optional(
          text('Name within this proxy.', { minLength: 1, maxLength: 100, pattern: '^[a-zA-Z0-9\\-_]+$' }),
        ),
        auth: providerAuth,
        transformer: optional(
          object('How requests are rewritten for it.', {
            type: text('Which transformer.', { minLength: 1 }),
            version: text('Its major version, as v1.', { pattern: '^v\\d+$' }),
            params: optional(freeForm('Parameters.')),
          }),
        ),
      }),
    ),
  ),
  ...llmPolicyFields,
  deploymentState: optional(deploymentState),
  resilience: optional(resilience),
});

type Spec = Static<typeof schema>;

export const llmProxy = defineKind({
  kind: 'LlmProxy',
  plural: 'llmproxies',
  shortNames: ['llmpx'],
  description: 'An API in front of LLM providers that gateways expose.',
  columns: [
    { name: 'Provider', type: 'string', jsonPath: '.spec.provider.id' },
    { name: 'Context', type: 'string', jsonPath: '.spec.context' },
  ],
  collection: { path: '/llm-proxies', listKey: 'proxies', generations: ['v0.9', 'v1'], getOne: true },
  // The gateway makes one of it and shows that in its stead (measured).
  liveAs: 'RestApi',
  identity: { is: 'handle' },
  update: { by: 'put' },
  wire: templatedEnvelope('LlmProxy'),
  schema,
  secrets: ['provider.auth.value', 'additionalProviders[].auth.value'],
  rules: [
    {
      check: ({ spec }) => [
        ...authFaults('spec.provider.auth', spec.provider.auth),
        ...(spec.additionalProviders ?? []).flatMap((given, index) =>
          authFaults(`spec.additionalProviders[${index}].auth`, given.auth),
        ),
      ],
    },
    { generations: ['v0.9'], check: ({ spec }) => oldAuthFaults(spec) },
    {
      generations: ['v1'],
      check: ({ spec }) => [
        ...repeatedProviders(spec),
        ...llmPolicyFaults(spec),
        ...resilienceFaults('spec.resilience', spec.resilience),
      ],
    },
  ],
  oddAnswers: [
    unresolvedSecret,
    // Said of an absent provider at POST; at PUT the gateway says the same of the proxy, whether it exists or not.
    { on: 'write', status: 404, message: /LLM proxy configuration/, means: 'parent' },
  ],
  references: (spec) =>
    [
      referenceTo('spec.provider.id', spec.provider.id),
      ...(spec.additionalProviders ?? []).map(({ id }, index) =>
        referenceTo(`spec.additionalProviders[${index}].id`, id),
      ),
    ].flat(),
  title: titleOf,
  routes: (spec) => [
    { context: contextOf(spec.context ?? '/', spec.version), vhost: spec.vhost ?? vhostDefault.main },
  ],
  operations: llmOperations,
  policies: llmPolicyUses,
  fieldsOf: ['resilience', 'additionalProviders', ...newLlmPolicyFields].map((pattern) => ({
    pattern,
    generations: ['v1'] as const,
  })),
  defaults: [],
});

function referenceTo(path: string, name: string): readonly Reference[] {
  return isTemplate(name) ? [] : [{ path, kinds: ['LlmProvider'], name, by: 'name' }];
}

function oldAuthFaults(spec: Spec): readonly Violation[] {
  const given = spec.provider.auth;
  return given === undefined || given.type === 'api-key'
    ? []
    : [
        {
          path: 'spec.provider.auth.type',
          fault: 'must be api-key for gateways of generation 0.9',
          value: given.type,
        },
      ];
}

function repeatedProviders(spec: Spec): readonly Violation[] {
  const names = [spec.provider.id];
  return (spec.additionalProviders ?? []).flatMap((given, index) => {
    const name = given.as ?? given.id;
    const repeats = names.includes(name);
    names.push(name);
    return repeats
      ? [
          {
            path: `spec.additionalProviders[${index}]`,
            fault: 'repeats another provider',
            value: name,
            remedy: 'give it another name with "as"',
          },
        ]
      : [];
  });
}
