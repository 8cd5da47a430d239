import { expect } from 'chai';
import type { Gateway } from '../../support/gateway/emulator.ts';
import { startGateway } from '../../support/gateway/emulator.ts';
import type { JsonObject } from '../../support/gateway/wire/json.ts';
import { call } from './client.ts';
import { document } from './documents.ts';

describe('plans, subscriptions and certificates on the emulated gateway', () => {
  let gateway: Gateway;

  beforeEach(async () => {
    gateway = await startGateway({ api: 'v0.9', pollIntervalMs: 0 });
    for (const name of ['books', 'films']) {
      await call(gateway, 'POST', '/rest-apis', document('RestApi', name, 'v0.9'));
    }
  });

  afterEach(() => gateway.stop());

  const plans: readonly (readonly [what: string, body: JsonObject, status: number])[] = [
    ['no name', { planName: '' }, 400],
    ['any text as name', { planName: 'a/b é' }, 201],
    ['a limit without unit', { planName: 'p', throttleLimitCount: 1 }, 400],
    ['a limit of nothing', { planName: 'p', throttleLimitCount: 0, throttleLimitUnit: 'Min' }, 400],
    ['a limit that is a text', { planName: 'p', throttleLimitCount: '5', throttleLimitUnit: 'Min' }, 400],
    ['an unknown status', { planName: 'p', status: 'active' }, 400],
    ['an expiry that is no time', { planName: 'p', expiryTime: 'tomorrow' }, 400],
    ['an expiry in the past', { planName: 'p', expiryTime: '2020-01-01T00:00:00Z' }, 201],
  ];
  for (const [what, body, status] of plans) {
    it(`answer ${status} to a plan with ${what}`, async () => {
      expect((await call(gateway, 'POST', '/subscription-plans', body)).status).to.equal(status);
    });
  }

  const subscriptions: readonly (readonly [what: string, body: JsonObject, status: number])[] = [
    ['no token', { apiId: 'books' }, 400],
    ['no API', { subscriptionToken: 'other' }, 400],
    ['an unknown API', { apiId: 'nosuch', subscriptionToken: 'other' }, 404],
    ['an unknown status', { apiId: 'books', subscriptionToken: 'other', status: 'FOO' }, 400],
    ['an unknown plan', { apiId: 'books', subscriptionToken: 'other', subscriptionPlanId: 'gold' }, 400],
    ['the token of another to the same API', { apiId: 'books', subscriptionToken: 'token' }, 409],
    ['the token of another to another API', { apiId: 'films', subscriptionToken: 'token' }, 201],
  ];
  for (const [what, body, status] of subscriptions) {
    it(`answer ${status} to a subscription with ${what}`, async () => {
      await call(gateway, 'POST', '/subscriptions', { apiId: 'books', subscriptionToken: 'token' });
      expect((await call(gateway, 'POST', '/subscriptions', body)).status).to.equal(status);
    });
  }

  it('find subscriptions by the handle or the uuid of an API, and refuse what is neither', async () => {
    const made = await call(gateway, 'POST', '/subscriptions', {
      apiId: 'books',
      subscriptionToken: 'token',
    });
    for (const id of ['books', made.textAt('apiId')]) {
      expect((await call(gateway, 'GET', `/subscriptions?apiId=${id}`)).at('count')).to.equal(1);
    }
    expect((await call(gateway, 'GET', '/subscriptions?apiId=films')).at('count')).to.equal(0);
    expect((await call(gateway, 'GET', '/subscriptions?apiId=nosuch')).status).to.equal(404);
    expect((await call(gateway, 'GET', '/subscriptions?status=FOO')).at('count')).to.equal(0);
  });

  it('let a plan turn inactive under its subscriptions, and then take no new ones', async () => {
    const plan = (await call(gateway, 'POST', '/subscription-plans', { planName: 'Gold' })).at(
      'id',
    ) as string;
    const body = { apiId: 'books', subscriptionToken: 'one', subscriptionPlanId: plan };
    expect((await call(gateway, 'POST', '/subscriptions', body)).status).to.equal(201);
    expect(
      (await call(gateway, 'PUT', `/subscription-plans/${plan}`, { status: 'INACTIVE' })).status,
    ).to.equal(200);
    expect(
      (await call(gateway, 'POST', '/subscriptions', { ...body, subscriptionToken: 'two' })).status,
    ).to.equal(400);
    expect((await call(gateway, 'DELETE', `/subscription-plans/${plan}`)).status).to.equal(500);
  });

  it('change the status of a subscription and nothing else', async () => {
    const made = await call(gateway, 'POST', '/subscriptions', {
      apiId: 'books',
      subscriptionToken: 'token',
    });
    const path = `/subscriptions/${made.textAt('id')}`;
    const answer = await call(gateway, 'PUT', path, { status: 'REVOKED', applicationId: 'other' });
    expect(answer.at('status')).to.equal('REVOKED');
    expect(answer.body).to.not.have.any.keys('applicationId', 'subscriptionToken');
    expect((await call(gateway, 'PUT', path, {})).status).to.equal(200);
  });

  it('list certificates as null until there has been one', async () => {
    expect((await call(gateway, 'GET', '/certificates')).at('certificates')).to.equal(null);
  });
});
