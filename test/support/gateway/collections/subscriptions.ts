import { randomUUID } from 'node:crypto';
import { timestamp } from '../clock.ts';
import { Refused } from '../kinds/refusals.ts';
import type { SubscriptionEntry } from '../store/flat.ts';
import type { JsonObject } from '../wire/json.ts';
import { compact, textOf } from '../wire/json.ts';
import type { Reply } from '../wire/reply.ts';
import { json, nothing, problem } from '../wire/reply.ts';
import type { Request } from '../wire/request.ts';
import { param } from '../wire/request.ts';
import type { ObjectShape } from '../wire/shape.ts';
import type { Context } from './context.ts';
import { readFlat } from './flat-body.ts';
import { gatewayId } from './plans.ts';

const shape: ObjectShape = {
  fields: {
    apiId: 'string',
    subscriptionToken: 'string',
    applicationId: 'string',
    subscriptionPlanId: 'string',
    billingCustomerId: 'string',
    billingSubscriptionId: 'string',
    status: 'string',
  },
};
const statuses = ['ACTIVE', 'INACTIVE', 'REVOKED'];

/** Subscriptions to RestApis. One per API and token; the token is told once. */
export class Subscriptions {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  list(request: Request): Reply {
    const apiId = request.query.get('apiId') ?? '';
    const wanted = {
      apiId: apiId === '' ? '' : this.#api(apiId),
      applicationId: request.query.get('applicationId') ?? '',
      status: request.query.get('status') ?? '',
    };
    const subscriptions = this.#context.store.subscriptions
      .filter((entry) => wanted.apiId === '' || entry.apiId === wanted.apiId)
      .filter((entry) => wanted.applicationId === '' || entry.applicationId === wanted.applicationId)
      .filter((entry) => wanted.status === '' || entry.status === wanted.status)
      .toReversed()
      .map(shown);
    return json(200, { subscriptions, count: subscriptions.length });
  }

  get(request: Request): Reply {
    return json(200, shown(this.#stored(request)));
  }

  post(request: Request): Reply {
    const { store, clock } = this.#context;
    const body = readFlat(request, shape, this.#context);
    if (textOf(body.apiId) === '') return problem(400, 'apiId is required');
    const token = textOf(body.subscriptionToken);
    if (token === '') return problem(400, 'subscriptionToken is required');
    const status = textOf(body.status) || 'ACTIVE';
    refuseUnknownStatus(status);
    const apiId = this.#api(textOf(body.apiId));
    this.#refusePlan(body.subscriptionPlanId);
    if (store.subscriptions.some((other) => other.apiId === apiId && other.token === token)) {
      return problem(409, 'Application already subscribed to this API');
    }
    const now = clock.now();
    const { subscriptionToken: _, ...kept } = body;
    const entry = { ...kept, token, apiId, status, id: randomUUID(), createdAt: now, updatedAt: now };
    store.subscriptions = [...store.subscriptions, entry];
    return json(201, { ...shown(entry), subscriptionToken: token });
  }

  /** Changes the status and nothing else. */
  put(request: Request): Reply {
    const { store, clock } = this.#context;
    const former = this.#stored(request);
    const body = readFlat(request, { fields: { status: 'string' } }, this.#context);
    const status = textOf(body.status) || former.status;
    refuseUnknownStatus(status);
    const entry: SubscriptionEntry = { ...former, status, updatedAt: clock.now() };
    store.subscriptions = store.subscriptions.map((other) => (other === former ? entry : other));
    return json(200, shown(entry));
  }

  delete(request: Request): Reply {
    const { store } = this.#context;
    const entry = this.#stored(request);
    store.subscriptions = store.subscriptions.filter((other) => other !== entry);
    return nothing(204);
  }

  #stored(request: Request): SubscriptionEntry {
    const entry = this.#context.store.subscriptions.find(({ id }) => id === param(request, 'id'));
    if (entry === undefined) throw new Refused(problem(404, 'Subscription not found'));
    return entry;
  }

  /** The uuid of a RestApi that is named by handle or uuid; other kinds don't count. */
  #api(identifier: string): string {
    const { store } = this.#context;
    const entry = store.get('rest-apis', identifier) ?? store.byUuid(identifier);
    if (entry?.collection === 'rest-apis') return entry.uuid;
    throw new Refused(problem(404, `RestAPI with identifier '${identifier}' not found`));
  }

  #refusePlan(id: unknown): void {
    if (id === undefined || id === '') return;
    const plan = this.#context.store.plans.find((candidate) => candidate.id === id);
    if (plan === undefined) throw new Refused(problem(400, 'Subscription plan not found or not enabled'));
    if (plan.status !== 'ACTIVE') throw new Refused(problem(400, 'Subscription plan is not active'));
  }
}

function refuseUnknownStatus(status: string): void {
  if (!statuses.includes(status)) throw new Refused(problem(400, `invalid status: ${status}`));
}

function shown({ createdAt, updatedAt, token: _, ...entry }: SubscriptionEntry): JsonObject {
  return {
    ...compact({ ...entry }),
    gatewayId,
    createdAt: timestamp(createdAt),
    updatedAt: timestamp(updatedAt),
  };
}
