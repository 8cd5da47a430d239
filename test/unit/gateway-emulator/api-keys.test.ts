import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Gateway } from '../../support/gateway/emulator.ts';
import { startGateway } from '../../support/gateway/emulator.ts';
import type { JsonObject } from '../../support/gateway/wire/json.ts';
import { call } from './client.ts';
import { document } from './documents.ts';

const keys = '/rest-apis/books/api-keys';

describe('API keys on the emulated gateway', () => {
  let gateway: Gateway;

  beforeEach(async () => {
    gateway = await startGateway({ api: 'v0.9', pollIntervalMs: 0, keyQuota: 2 });
    await call(gateway, 'POST', '/rest-apis', document('RestApi', 'books', 'v0.9'));
  });

  afterEach(() => gateway.stop());

  const verdicts: readonly (readonly [what: string, body: JsonObject, status: number])[] = [
    ['a name with an underscore', { name: 'a_b' }, 201],
    ['a name of two characters', { name: 'ab' }, 500],
    ['a name with two hyphens in a row', { name: 'a--b' }, 500],
    ['a name with capitals', { name: 'Abc' }, 500],
    ['a name of 64 characters', { name: 'a'.repeat(64) }, 500],
    ['a value of one character', { name: 'key', apiKey: 'x' }, 201],
    ['an expiry in years', { name: 'key', expiresIn: { unit: 'years', duration: 1 } }, 500],
    ['an expiry of no time', { name: 'key', expiresIn: { unit: 'days', duration: 0 } }, 201],
    ['an expiry of a negative time', { name: 'key', expiresIn: { unit: 'days', duration: -1 } }, 500],
    ['an expiry beyond all time', { name: 'key', expiresIn: { unit: 'days', duration: 1e9 } }, 500],
    ['an expiry of half a day', { name: 'key', expiresIn: { unit: 'days', duration: 1.5 } }, 400],
    ['a moment of expiry without time', { name: 'key', expiresAt: '2040-01-01' }, 400],
    ['an empty moment of expiry', { name: 'key', expiresAt: '' }, 400],
    ['a moment of expiry in the past', { name: 'key', expiresAt: '2020-01-01T00:00:00Z' }, 500],
  ];
  for (const [what, body, status] of verdicts) {
    it(`are answered ${status} for ${what}`, async () => {
      expect((await call(gateway, 'POST', keys, body)).status).to.equal(status);
    });
  }

  it('are replaced by a POST of the same name and keep who made them, when and how', async () => {
    await call(gateway, 'POST', keys, { name: 'key', externalRefId: 'ref' });
    const before = (await call(gateway, 'GET', keys)).at('apiKeys.0') as JsonObject;
    await call(gateway, 'POST', keys, { name: 'key', apiKey: 'a-value-of-my-own' }, { user: 'consumer' });
    const after = (await call(gateway, 'GET', keys)).at('apiKeys.0');
    expect(after).to.deep.equal({ ...before, apiKey: '***y-own' });
  });

  it('lose their reference by a PUT, even one that carries it', async () => {
    await call(gateway, 'POST', keys, { name: 'key', apiKey: 'first-value', externalRefId: 'ref' });
    await call(gateway, 'PUT', `${keys}/key`, { apiKey: 'second-value', externalRefId: 'ref' });
    expect(gateway.stored('rest-apis/books/api-keys')[0]).to.include({ value: 'second-value' });
    expect((await call(gateway, 'GET', keys)).at('apiKeys.0')).to.not.have.property('externalRefId');
  });

  it('are updated only by who made them', async () => {
    await call(gateway, 'POST', keys, { name: 'key', apiKey: 'first-value' }, { user: 'consumer' });
    expect((await call(gateway, 'PUT', `${keys}/key`, { apiKey: 'second-value' })).status).to.equal(500);
  });

  it('are counted by user, and at the quota not even an own one is replaced', async () => {
    for (const name of ['one', 'two']) await call(gateway, 'POST', keys, { name });
    expect((await call(gateway, 'POST', keys, { name: 'two' })).status).to.equal(500);
    expect((await call(gateway, 'POST', `${keys}/two/regenerate`, {})).status).to.equal(200);
    expect((await call(gateway, 'POST', keys, { name: 'two' }, { user: 'consumer' })).status).to.equal(201);
  });

  it('share no value below one API, but may across APIs', async () => {
    await call(gateway, 'POST', '/rest-apis', document('RestApi', 'films', 'v0.9'));
    await call(gateway, 'POST', keys, { name: 'one', apiKey: 'the-value' });
    expect((await call(gateway, 'POST', keys, { name: 'two', apiKey: 'the-value' })).status).to.equal(409);
    const other = await call(gateway, 'POST', '/rest-apis/films/api-keys', {
      name: 'two',
      apiKey: 'the-value',
    });
    expect(other.status).to.equal(201);
  });

  it('count `expiresIn` from every write', async () => {
    const body = { name: 'key', apiKey: 'a-value', expiresIn: { unit: 'hours', duration: 1 } };
    const first = (await call(gateway, 'POST', keys, body)).at('apiKey.expiresAt') as string;
    await sleep(5); // the times of the answers are whole milliseconds, and both writes may fall in one
    const second = (await call(gateway, 'PUT', `${keys}/key`, body)).at('apiKey.expiresAt') as string;
    expect(second > first).to.equal(true);
  });

  it('go with their API', async () => {
    await call(gateway, 'POST', keys, { name: 'key' });
    await call(gateway, 'DELETE', '/rest-apis/books');
    await call(gateway, 'POST', '/rest-apis', document('RestApi', 'books', 'v0.9'));
    expect((await call(gateway, 'GET', keys)).at('apiKeys')).to.equal(null);
  });
});
