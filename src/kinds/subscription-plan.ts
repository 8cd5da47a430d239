import { defineKind } from '../model/kind.ts';
import { given } from './given.ts';
import { flag, integer, object, oneOf, optional, text, type Static } from '../model/schema.ts';
import type { Violation } from '../model/violation.ts';

const schema = object('How much a subscriber may use.', {
  planName: text('Name of the plan at the gateway, where it is unique.', { minLength: 1 }),
  billingPlan: optional(text('A reference for billing.')),
  stopOnQuotaReach: optional(flag('Whether requests beyond the quota are refused; true where absent.')),
  throttleLimitCount: optional(integer('Requests per unit.', { minimum: 1 })),
  throttleLimitUnit: optional(oneOf('The unit.', ['Min', 'Hour', 'Day', 'Month'])),
  expiryTime: optional(text('When the plan ends.', { format: 'date-time' })),
  status: optional(oneOf('ACTIVE (the default) or INACTIVE.', ['ACTIVE', 'INACTIVE'])),
});

type Spec = Static<typeof schema>;

export const subscriptionPlan = defineKind({
  kind: 'SubscriptionPlan',
  plural: 'subscriptionplans',
  shortNames: ['splan'],
  description: 'How much a subscriber may use.',
  columns: [{ name: 'Plan', type: 'string', jsonPath: '.spec.planName' }],
  collection: {
    path: '/subscription-plans',
    listKey: 'subscriptionPlans',
    generations: ['v0.9', 'v1'],
    getOne: true,
  },
  identity: {
    is: 'assigned',
    key: ({ spec }) => spec.planName,
    keyOf: (item) => (typeof item.planName === 'string' ? item.planName : undefined),
    calledBy: ({ item }) => String(item.planName),
  },
  update: { by: 'put' },
  wire: {
    is: 'flat',
    // A PUT changes only what it carries, so what has a default is always said.
    document: ({ spec }) => ({
      ...spec,
      stopOnQuotaReach: spec.stopOnQuotaReach ?? true,
      status: spec.status ?? 'ACTIVE',
    }),
    spec: ({ item }) => ({
      ...given(item, ['planName', 'billingPlan', 'throttleLimitCount', 'throttleLimitUnit', 'expiryTime']),
      ...(item.stopOnQuotaReach === false ? { stopOnQuotaReach: false } : {}),
      ...(item.status === 'ACTIVE' ? {} : given(item, ['status'])),
    }),
  },
  schema,
  secrets: [],
  rules: [
    { check: ({ spec }) => limitFaults(spec) },
    { warns: true, check: ({ spec, now }) => pastFaults(spec, now) },
  ],
  oddAnswers: [
    { on: 'write', status: 500, means: 'taken' },
    { on: 'delete', status: 500, message: /Failed to delete subscription plan/, means: 'inUse' },
  ],
  references: () => [],
  title: (spec) => spec.planName,
  titleIs: 'plan name',
  // A PUT without them leaves them as they are (measured).
  lasting: ['billingPlan', 'throttleLimitCount', 'throttleLimitUnit', 'expiryTime'],
  defaults: [],
});

function limitFaults(spec: Spec): readonly Violation[] {
  if ((spec.throttleLimitCount === undefined) === (spec.throttleLimitUnit === undefined)) return [];
  const path = spec.throttleLimitCount === undefined ? 'spec.throttleLimitCount' : 'spec.throttleLimitUnit';
  return [
    { path, fault: 'is required', remedy: 'give throttleLimitCount and throttleLimitUnit, or neither' },
  ];
}

/** The gateway takes it; whoever subscribes gets a plan that is over. */
function pastFaults({ expiryTime }: Spec, now: Date | undefined): readonly Violation[] {
  if (expiryTime === undefined || now === undefined || new Date(expiryTime) > now) return [];
  return [{ path: 'spec.expiryTime', fault: 'lies in the past', value: expiryTime }];
}
