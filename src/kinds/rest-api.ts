import type { Address, Operation } from '../model/derived.ts';
import { isTemplate } from '../model/expression.ts';
import { defineKind } from '../model/kind.ts';
import { list, object, optional, text, type Static } from '../model/schema.ts';
import type { Violation } from '../model/violation.ts';
import { templatedEnvelope } from './envelope.ts';
import { resilience, resilienceFaults } from './duration.ts';
import { context, contextOf, deploymentState, displayName, titleOf, version } from './naming.ts';
import { specFromOpenApi } from './rest-api-from-openapi.ts';
import { operation, operationFaults, repeatedOperations } from './rest-api-operation.ts';
import { unresolvedSecret } from './odd-answers.ts';
import { assertFew, policy, policyFaults, usesOf } from './policy.ts';
import {
  addressesOf,
  definitionFaults,
  plainCredentials,
  templatedAddresses,
  strictDefinitionFaults,
  upstream,
  upstreamDefinitions,
  upstreamFaults,
} from './upstream.ts';
import { vhosts, vhostDefault } from './vhosts.ts';

const schema = object('An HTTP API.', {
  displayName,
  version,
  context,
  upstreamDefinitions: optional(upstreamDefinitions),
  upstream: object('Where requests go.', { main: upstream, sandbox: optional(upstream) }),
  vhosts: optional(vhosts),
  subscriptionPlans: optional(
    list('Plans that a subscription may name, by plan name.', text('A plan name.')),
  ),
  policies: optional(list('Policies of every operation.', policy)),
  resilience: optional(resilience),
  operations: list('What the API offers.', operation, { minItems: 1 }),
  deploymentState: optional(deploymentState),
});

type Spec = Static<typeof schema>;

export const restApi = defineKind({
  kind: 'RestApi',
  plural: 'restapis',
  shortNames: ['rapi'],
  description: 'An HTTP API that gateways expose.',
  columns: [
    { name: 'Context', type: 'string', jsonPath: '.spec.context' },
    { name: 'Version', type: 'string', jsonPath: '.spec.version' },
  ],
  collection: { path: '/rest-apis', listKey: 'apis', generations: ['v0.9', 'v1'], getOne: true },
  liveAs: 'RestApi',
  identity: { is: 'handle' },
  update: { by: 'put' },
  wire: templatedEnvelope('RestApi'),
  schema,
  secrets: [],
  rules: [
    {
      check: ({ spec }) => [
        ...upstreamFaults('spec.upstream.main', spec.upstream.main, spec.upstreamDefinitions),
        ...(spec.upstream.sandbox === undefined
          ? []
          : upstreamFaults('spec.upstream.sandbox', spec.upstream.sandbox, spec.upstreamDefinitions)),
        ...definitionFaults(spec.upstreamDefinitions),
        ...policyFaults('spec.policies', spec.policies),
        ...spec.operations.flatMap(operationFaults),
      ],
    },
    {
      admissionOnly: true,
      check: ({ spec }) => templatedAddresses(upstreamsOf(spec)),
    },
    { warns: true, check: ({ spec }) => [...repeatedOperations(spec.operations), ...sentInClear(spec)] },
    {
      generations: ['v1'],
      check: ({ spec }) => [
        ...strictDefinitionFaults(spec.upstreamDefinitions),
        ...resilienceFaults('spec.resilience', spec.resilience),
        ...spec.operations.flatMap((given, index) =>
          given.resilience === undefined
            ? []
            : resilienceFaults(`spec.operations[${index}].resilience`, given.resilience),
        ),
      ],
    },
  ],
  oddAnswers: [unresolvedSecret],
  refersTo: ['SubscriptionPlan'],
  references: (spec) =>
    (spec.subscriptionPlans ?? []).flatMap((name, index) =>
      name === '' || isTemplate(name)
        ? []
        : [
            {
              path: `spec.subscriptionPlans[${index}]`,
              kinds: ['SubscriptionPlan'],
              name,
              by: 'key' as const,
              optional: true,
            },
          ],
    ),
  title: titleOf,
  routes: (spec) => [
    { context: contextOf(spec.context, spec.version), vhost: spec.vhosts?.main ?? vhostDefault.main },
    ...(spec.upstream.sandbox === undefined
      ? []
      : [
          {
            context: contextOf(spec.context, spec.version),
            vhost: spec.vhosts?.sandbox ?? vhostDefault.sandbox,
          },
        ]),
  ],
  upstreams: upstreamsOf,
  operations: operationsOf,
  policies: (spec) => [
    ...usesOf('spec.policies', spec.policies),
    ...spec.operations.flatMap((given, index) =>
      given.policies === undefined ? [] : usesOf(`spec.operations[${index}].policies`, given.policies),
    ),
  ],
  fieldsOf: [
    { pattern: 'resilience', generations: ['v1'] },
    { pattern: 'operations[].resilience', generations: ['v1'] },
    { pattern: 'operations[].match', generations: ['v1'] },
  ],
  fromOpenApi: specFromOpenApi,
  // Whatever the gateway's settings say: they are none of the document's business.
  defaults: [{ path: 'vhosts', value: () => undefined, usually: vhostDefault }],
});

function upstreamsOf({ upstream: given, upstreamDefinitions: definitions }: Spec): readonly Address[] {
  return addressesOf(
    { 'spec.upstream.main': given.main, 'spec.upstream.sandbox': given.sandbox },
    definitions,
  );
}

/** In the order in which `policies` lists them: those of the whole, then those of one operation after the other. */
function operationsOf(spec: Spec): readonly Operation[] {
  const common = (spec.policies ?? []).map((_, index) => index);
  assertFew(spec.operations.length, common.length);
  let next = common.length;
  return spec.operations.map(({ method, path: route, match, policies: own }, index) => ({
    path: `spec.operations[${index}]`,
    method: match?.method ?? method ?? '*',
    route: match?.path.value ?? route ?? '*',
    policies: [...common, ...(own ?? []).map(() => next++)],
  }));
}

/** Only the URL itself can carry credentials here. */
function sentInClear({
  upstream: { main, sandbox },
  upstreamDefinitions: definitions = [],
}: Spec): readonly Violation[] {
  return [
    ...plainCredentials('spec.upstream.main', main),
    ...(sandbox === undefined ? [] : plainCredentials('spec.upstream.sandbox', sandbox)),
    ...definitions.flatMap(({ upstreams }, index) =>
      upstreams.flatMap((target, at) =>
        plainCredentials(`spec.upstreamDefinitions[${index}].upstreams[${at}]`, target),
      ),
    ),
  ];
}
