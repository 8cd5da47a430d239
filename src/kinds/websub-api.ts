import { defineKind } from '../model/kind.ts';
import { list, object, optional, text, type Static } from '../model/schema.ts';
import type { Violation } from '../model/violation.ts';
import { templatedEnvelope } from './envelope.ts';
import { context, contextOf, deploymentState, displayName, titleOf, version } from './naming.ts';
import { unresolvedSecret } from './odd-answers.ts';
import { assertFew, policy, usesOf } from './policy.ts';
import { vhosts, vhostDefault } from './vhosts.ts';

const policies = optional(list('Policies.', policy));

const schema = object('An API whose events subscribers are called for.', {
  displayName,
  version,
  context,
  vhosts: optional(vhosts),
  hub: object('Where subscribers register.', {
    channels: list(
      'Topics.',
      object('A topic.', { name: text('Its name.', { minLength: 1, pattern: '^[^{}]*$' }), policies }),
      { minItems: 1 },
    ),
    policies,
  }),
  receiver: optional(object('What receives events.', { policies })),
  delivery: optional(object('What delivers events.', { policies })),
  deploymentState: optional(deploymentState),
});

export const webSubApi = defineKind({
  kind: 'WebSubApi',
  plural: 'websubapis',
  shortNames: ['wsapi'],
  description: 'A WebSub API. Only gateways of generation 0.9 have the collection.',
  columns: [
    { name: 'Context', type: 'string', jsonPath: '.spec.context' },
    { name: 'Version', type: 'string', jsonPath: '.spec.version' },
  ],
  collection: { path: '/websub-apis', listKey: 'websubApis', generations: ['v0.9'], getOne: true },
  liveAs: 'WebSubApi',
  identity: { is: 'handle' },
  update: { by: 'put' },
  wire: templatedEnvelope('WebSubApi'),
  schema,
  secrets: [],
  rules: [{ warns: true, check: ({ spec }) => stateAdvice(spec) }],
  oddAnswers: [unresolvedSecret],
  references: () => [],
  title: titleOf,
  routes: (spec) => [
    { context: contextOf(spec.context, spec.version), vhost: spec.vhosts?.main ?? vhostDefault.main },
  ],
  operations: (spec) => {
    const common = (spec.hub.policies ?? []).map((_, index) => index);
    assertFew(spec.hub.channels.length, common.length);
    let next = common.length;
    return spec.hub.channels.map(({ name, policies: own }, index) => ({
      path: `spec.hub.channels[${index}]`,
      method: '*',
      route: name,
      policies: [...common, ...(own ?? []).map(() => next++)],
    }));
  },
  // No gateway looks at them (measured).
  policies: (spec) => [
    ...usesOf('spec.hub.policies', spec.hub.policies, []),
    ...spec.hub.channels.flatMap((channel, index) =>
      usesOf(`spec.hub.channels[${index}].policies`, channel.policies, []),
    ),
    ...usesOf('spec.receiver.policies', spec.receiver?.policies, []),
    ...usesOf('spec.delivery.policies', spec.delivery?.policies, []),
  ],
  ignoresDeploymentState: true,
  // Whatever the gateway's settings say: they are none of the document's business.
  defaults: [{ path: 'vhosts', value: () => undefined }],
});

/** The gateway stores the state and never follows it (measured). */
function stateAdvice({ deploymentState: state }: Static<typeof schema>): readonly Violation[] {
  if (state !== 'undeployed') return [];
  const remedy = 'delete the resource to take the API away';
  return [
    {
      path: 'spec.deploymentState',
      fault: 'is not followed by gateways for this kind',
      value: state,
      remedy,
    },
  ];
}
