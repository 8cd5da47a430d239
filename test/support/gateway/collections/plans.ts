import { randomUUID } from 'node:crypto';
import { timestamp } from '../clock.ts';
import { Refused } from '../kinds/refusals.ts';
import type { PlanEntry } from '../store/flat.ts';
import type { JsonObject } from '../wire/json.ts';
import { compact } from '../wire/json.ts';
import type { Reply } from '../wire/reply.ts';
import { json, nothing, problem } from '../wire/reply.ts';
import type { Request } from '../wire/request.ts';
import { param } from '../wire/request.ts';
import type { ObjectShape } from '../wire/shape.ts';
import type { Context } from './context.ts';
import { readFlat } from './flat-body.ts';

/** What every plan and subscription says of the gateway it is on. */
export const gatewayId = 'platform-gateway-id';

const shape: ObjectShape = {
  fields: {
    planName: 'string',
    billingPlan: 'string',
    stopOnQuotaReach: 'boolean',
    throttleLimitCount: 'integer',
    throttleLimitUnit: 'string',
    expiryTime: 'string',
    status: 'string',
  },
};
const units = ['Day', 'Hour', 'Min', 'Month'];

/** Subscription plans. Their names are unique, exact in case. */
export class Plans {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  list(): Reply {
    const subscriptionPlans = this.#context.store.plans.toReversed().map(shown);
    return json(200, { subscriptionPlans, count: subscriptionPlans.length });
  }

  get(request: Request): Reply {
    return json(200, shown(this.#stored(request)));
  }

  post(request: Request): Reply {
    const { store, clock } = this.#context;
    const sent = readFlat(request, shape, this.#context) as Partial<PlanEntry>;
    if ((sent.planName ?? '') === '') return problem(400, 'planName is required');
    const now = clock.now();
    const plan = {
      status: 'ACTIVE',
      stopOnQuotaReach: true,
      ...sent,
      id: randomUUID(),
      createdAt: now,
      updatedAt: now,
    };
    const entry = plan as PlanEntry;
    refuseInvalid(entry);
    if (this.#isTaken(entry)) return problem(409, 'Subscription plan already exists');
    store.plans = [...store.plans, entry];
    return json(201, shown(entry));
  }

  /** A partial update. */
  put(request: Request): Reply {
    const { store, clock } = this.#context;
    const former = this.#stored(request);
    const sent = readFlat(request, shape, this.#context) as Partial<PlanEntry>;
    const entry: PlanEntry = { ...former, ...sent, updatedAt: clock.now() };
    refuseInvalid(entry);
    if (this.#isTaken(entry)) return problem(500, 'Failed to update subscription plan');
    store.plans = store.plans.map((plan) => (plan === former ? entry : plan));
    return json(200, shown(entry));
  }

  delete(request: Request): Reply {
    const { store } = this.#context;
    const plan = this.#stored(request);
    if (store.subscriptions.some(({ subscriptionPlanId }) => subscriptionPlanId === plan.id)) {
      return problem(500, 'Failed to delete subscription plan');
    }
    store.plans = store.plans.filter((other) => other !== plan);
    return nothing(204);
  }

  #stored(request: Request): PlanEntry {
    const plan = this.#context.store.plans.find(({ id }) => id === param(request, 'id'));
    if (plan === undefined) throw new Refused(problem(404, 'Subscription plan not found'));
    return plan;
  }

  #isTaken({ id, planName }: PlanEntry): boolean {
    return this.#context.store.plans.some((plan) => plan.planName === planName && plan.id !== id);
  }
}

function refuseInvalid(plan: PlanEntry): void {
  const fault = faultOf(plan);
  if (fault !== undefined) throw new Refused(problem(400, fault));
}

function faultOf({
  throttleLimitCount: count,
  throttleLimitUnit: unit,
  status,
}: PlanEntry): string | undefined {
  if (unit !== undefined && !units.includes(unit))
    return `throttleLimitUnit must be one of: ${units.join(', ')}`;
  if ((count === undefined) !== (unit === undefined)) {
    return 'throttleLimitCount and throttleLimitUnit must be provided together';
  }
  if (count !== undefined && count <= 0) return 'throttleLimitCount must be greater than 0';
  return ['ACTIVE', 'INACTIVE'].includes(status) ? undefined : `invalid status: ${status}`;
}

function shown({ createdAt, updatedAt, ...plan }: PlanEntry): JsonObject {
  return {
    ...compact({ ...plan }),
    gatewayId,
    createdAt: timestamp(createdAt),
    updatedAt: timestamp(updatedAt),
  };
}
