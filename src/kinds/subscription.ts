import { defineKind } from '../model/kind.ts';
import { given } from './given.ts';
import { object, oneOf, optional, secret, text, type Static } from '../model/schema.ts';
import { inlineValue } from '../model/secret-source.ts';
import type { Violation } from '../model/violation.ts';

const schema = object('An application that may call an API under a plan.', {
  apiId: text('Name of a RestApi, or the id under which the gateway knows one.', { minLength: 1 }),
  subscriptionToken: secret('What the application shows.'),
  applicationId: optional(text('The application.')),
  subscriptionPlanId: optional(
    text('Name of a SubscriptionPlan, or the id under which the gateway knows one.', { minLength: 1 }),
  ),
  billingCustomerId: optional(text('A reference for billing.')),
  billingSubscriptionId: optional(text('A reference for billing; without one we put our mark there.')),
  status: optional(oneOf('ACTIVE (the default), INACTIVE or REVOKED.', ['ACTIVE', 'INACTIVE', 'REVOKED'])),
});

type Spec = Static<typeof schema>;

const isId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

const api = 'RestApi';
const plan = 'SubscriptionPlan';

export const subscription = defineKind({
  kind: 'Subscription',
  plural: 'subscriptions',
  shortNames: ['sub'],
  description: 'An application that may call an API under a plan.',
  columns: [
    { name: 'Api', type: 'string', jsonPath: '.spec.apiId' },
    { name: 'Plan', type: 'string', jsonPath: '.spec.subscriptionPlanId' },
  ],
  collection: { path: '/subscriptions', listKey: 'subscriptions', generations: ['v0.9', 'v1'], getOne: true },
  identity: {
    is: 'assigned',
    key: ({ spec, mark }) => spec.billingSubscriptionId ?? mark,
    keyOf: (item) =>
      typeof item.billingSubscriptionId === 'string' ? item.billingSubscriptionId : undefined,
    calledBy: ({ item, owner }) =>
      [owner?.name, item.applicationId].filter((part) => typeof part === 'string' && part !== '').join('-'),
  },
  update: { by: 'fields', fields: ['status'], distinct: ['apiId', 'subscriptionToken'] },
  wire: {
    is: 'flat',
    document: ({ spec, mark, idOf }) => {
      const planId = spec.subscriptionPlanId;
      const there = planId === undefined || isId(planId) ? planId : idOf(plan, planId);
      return {
        ...spec,
        ...(there === undefined ? {} : { subscriptionPlanId: there }),
        billingSubscriptionId: spec.billingSubscriptionId ?? mark,
        status: spec.status ?? 'ACTIVE',
      };
    },
    spec: ({ item, owner, nameOf }) => {
      const { subscriptionPlanId: planId } = item;
      return {
        apiId: owner?.name ?? item.apiId,
        ...given(item, ['applicationId', 'billingCustomerId', 'billingSubscriptionId']),
        ...(typeof planId === 'string' && planId !== ''
          ? { subscriptionPlanId: nameOf(plan, planId) ?? planId }
          : {}),
        ...(item.status === 'ACTIVE' ? {} : given(item, ['status'])),
      };
    },
  },
  schema,
  secrets: ['subscriptionToken'],
  // Told once, in the answer to its creation.
  hidden: () => ['subscriptionToken'],
  distinctSecret: { path: 'subscriptionToken', of: ({ apiId }) => ({ kind: api, name: apiId }) },
  rules: [{ check: ({ spec }) => tokenFaults(spec) }, { warns: true, check: ({ spec }) => idAdvice(spec) }],
  oddAnswers: [
    { on: 'write', status: 404, means: 'parent' },
    {
      on: 'write',
      status: 400,
      message: /Subscription plan (not found or not enabled|is not active)/,
      means: 'parent',
    },
    { on: 'delete', status: 404, means: 'absent' },
  ],
  refersTo: [api, plan],
  references: (spec) => [
    ...(isId(spec.apiId)
      ? []
      : [{ path: 'spec.apiId', kinds: [api], name: spec.apiId, by: 'name' as const }]),
    ...(spec.subscriptionPlanId === undefined || isId(spec.subscriptionPlanId)
      ? []
      : [
          {
            path: 'spec.subscriptionPlanId',
            kinds: [plan],
            name: spec.subscriptionPlanId,
            by: 'name' as const,
            fault: planFault,
          },
        ]),
  ],
  removedWith: { kind: api, parameter: 'apiId' },
  immutable: [
    'apiId',
    'subscriptionToken',
    'applicationId',
    'subscriptionPlanId',
    'billingCustomerId',
    'billingSubscriptionId',
  ],
  defaults: [],
});

function tokenFaults({ subscriptionToken: token }: Spec): readonly Violation[] {
  return inlineValue(token) === '' ? [{ path: 'spec.subscriptionToken', fault: 'must not be empty' }] : [];
}

/** Whoever names something by the gateway's own id goes past Kubernetes: nobody here knows what stands there. */
function idAdvice(spec: Spec): readonly Violation[] {
  return (['apiId', 'subscriptionPlanId'] as const)
    .filter((field) => isId(spec[field] ?? ''))
    .map((field) => ({
      path: `spec.${field}`,
      fault: "is taken for the gateway's own id, and is not checked",
      remedy: 'name the resource',
    }));
}

/** A plan may become inactive under its subscriptions; chosen anew it can't be (measured). */
function planFault(spec: unknown): string | undefined {
  return (spec as { readonly status?: string } | undefined)?.status === 'INACTIVE'
    ? 'is INACTIVE and can not be chosen'
    : undefined;
}
