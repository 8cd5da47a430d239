import type { Address } from '../model/derived.ts';
import { isTemplate } from '../model/expression.ts';
import { defineKind } from '../model/kind.ts';
import { advised, list, object, oneOf, optional, text, type Static } from '../model/schema.ts';
import type { Violation } from '../model/violation.ts';
import { templatedEnvelope } from './envelope.ts';
import { resilience, resilienceFaults } from './duration.ts';
import {
  llmOperations,
  llmPolicyFields,
  llmPolicyFaults,
  llmPolicyUses,
  newLlmPolicyFields,
} from './llm-policies.ts';
import { contextOf, deploymentState, llmContext, llmDisplayName, titleOf, version, vhost } from './naming.ts';
import { unresolvedSecret } from './odd-answers.ts';
import {
  addressesOf,
  auth,
  authFaults,
  definitionFaults,
  plainCredentials,
  templatedAddresses,
  strictDefinitionFaults,
  upstreamDefinitions,
  upstreamFaults,
  upstreamFields,
  urlFaults,
} from './upstream.ts';
import { vhostDefault } from './vhosts.ts';

const schema = object('An LLM vendor behind the gateway.', {
  displayName: llmDisplayName,
  version: optional(version),
  context: optional(llmContext),
  vhost: optional(vhost),
  template: text('Name of a LlmProviderTemplate, or of one that the gateway ships with.', { minLength: 1 }),
  upstreamDefinitions: optional(upstreamDefinitions),
  upstream: object('The vendor: exactly one of url and ref.', {
    ...upstreamFields,
    auth: optional(auth(['api-key', 'other', 'none'])),
  }),
  accessControl: object('Which resources are open.', {
    mode: oneOf('allow_all or deny_all.', ['allow_all', 'deny_all']),
    exceptions: optional(
      list(
        'What is treated the other way round.',
        object('An exception.', {
          path: text('Its path.', { minLength: 1 }),
          methods: list(
            'Its methods.',
            advised(text('A method.'), { enum: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] }),
            { minItems: 1 },
          ),
        }),
      ),
    ),
  }),
  ...llmPolicyFields,
  deploymentState: optional(deploymentState),
  resilience: optional(resilience),
});

type Spec = Static<typeof schema>;

export const llmProvider = defineKind({
  kind: 'LlmProvider',
  plural: 'llmproviders',
  shortNames: ['llmp'],
  description: 'An LLM vendor that gateways expose.',
  columns: [
    { name: 'Template', type: 'string', jsonPath: '.spec.template' },
    { name: 'Context', type: 'string', jsonPath: '.spec.context' },
  ],
  collection: { path: '/llm-providers', listKey: 'providers', generations: ['v0.9', 'v1'], getOne: true },
  // The gateway makes one of it and shows that in its stead (measured).
  liveAs: 'RestApi',
  identity: { is: 'handle' },
  update: { by: 'put' },
  wire: templatedEnvelope('LlmProvider'),
  schema,
  secrets: ['upstream.auth.value'],
  rules: [
    {
      check: ({ spec }) => [
        ...definitionFaults(spec.upstreamDefinitions),
        ...authFaults('spec.upstream.auth', spec.upstream.auth),
      ],
    },
    {
      admissionOnly: true,
      check: ({ spec }) => templatedAddresses(upstreamsOf(spec)),
    },
    { warns: true, check: ({ spec }) => plainCredentials('spec.upstream', spec.upstream) },
    { generations: ['v0.9'], check: ({ spec }) => oldFaults(spec) },
    {
      generations: ['v1'],
      check: ({ spec }) => [
        ...upstreamFaults('spec.upstream', spec.upstream, spec.upstreamDefinitions),
        ...strictDefinitionFaults(spec.upstreamDefinitions),
        ...llmPolicyFaults(spec),
        ...resilienceFaults('spec.resilience', spec.resilience),
      ],
    },
  ],
  oddAnswers: [
    unresolvedSecret,
    { on: 'write', status: 400, message: /failed to retrieve template/, means: 'parent' },
    { on: 'write', status: 400, message: /failed to look up LLM provider/, means: 'absent' },
    {
      on: 'write',
      status: 400,
      message: /already exists|failed to save or update LLM provider configuration/,
      means: 'taken',
    },
    { on: 'delete', status: 500, message: /FOREIGN KEY/, means: 'inUse' },
  ],
  references: (spec) =>
    isTemplate(spec.template)
      ? []
      : [
          {
            path: 'spec.template',
            kinds: ['LlmProviderTemplate'],
            name: spec.template,
            by: 'name',
            builtIn: true,
          },
        ],
  title: titleOf,
  routes: (spec) => [
    { context: contextOf(spec.context ?? '/', spec.version), vhost: spec.vhost ?? vhostDefault.main },
  ],
  upstreams: upstreamsOf,
  operations: llmOperations,
  policies: llmPolicyUses,
  fieldsOf: ['resilience', 'upstreamDefinitions', 'upstream.ref', ...newLlmPolicyFields].map((pattern) => ({
    pattern,
    generations: ['v1'] as const,
  })),
  defaults: [],
});

function upstreamsOf(spec: Spec): readonly Address[] {
  return addressesOf({ 'spec.upstream': spec.upstream }, spec.upstreamDefinitions);
}

/** Generation 0.9 knows the URL and api-key credentials only. */
function oldFaults(spec: Spec): readonly Violation[] {
  const { url, auth: given } = spec.upstream;
  const faults: Violation[] =
    url === undefined
      ? [{ path: 'spec.upstream.url', fault: 'is required by gateways of generation 0.9' }]
      : [...urlFaults('spec.upstream.url', url)];
  if (given !== undefined && given.type !== 'api-key') {
    faults.push({
      path: 'spec.upstream.auth.type',
      fault: 'must be api-key for gateways of generation 0.9',
      value: given.type,
    });
  }
  return faults;
}
