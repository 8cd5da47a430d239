import { expect } from 'chai';
import type { Gateway } from '../../support/gateway/emulator.ts';
import { startGateway } from '../../support/gateway/emulator.ts';
import { admin, call } from './client.ts';
import { document } from './documents.ts';

describe('faults of the emulated gateway', () => {
  let gateway: Gateway;
  const books = document('RestApi', 'books', 'v0.9');

  before(async () => {
    gateway = await startGateway({ api: 'v0.9', pollIntervalMs: 0 });
  });

  beforeEach(() => {
    gateway.faults.clear();
    gateway.clearCalls();
    gateway.restartEmpty();
  });

  after(() => gateway.stop());

  it('answer a status as often as asked, with a time to wait, and then let calls through', async () => {
    const fault = gateway.faults.add({
      method: 'POST',
      path: '/rest-apis',
      status: 503,
      times: 2,
      retryAfterSeconds: 7,
    });
    const answers = [1, 2, 3].map(() => call(gateway, 'POST', '/rest-apis', books));
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses.sort()).to.deep.equal([201, 503, 503]);
    expect(fault.taken).to.equal(2);
    expect((await answers[0])?.headers.get('retry-after')).to.equal('7');
  });

  it('meet only the method and the path that they name', async () => {
    gateway.faults.add({ method: 'GET', path: '/rest-apis/*', status: 500 });
    expect((await call(gateway, 'GET', '/rest-apis')).status).to.equal(200);
    expect((await call(gateway, 'GET', '/rest-apis/books')).status).to.equal(500);
    expect((await call(gateway, 'DELETE', '/rest-apis/books')).status).to.equal(404);
  });

  it('let the first calls pass when told to', async () => {
    gateway.faults.add({ path: /^\/secrets/, status: 500, skip: 1 });
    expect((await call(gateway, 'GET', '/secrets')).status).to.equal(200);
    expect((await call(gateway, 'GET', '/secrets')).status).to.equal(500);
  });

  it('delay an answer', async () => {
    gateway.faults.add({ delayMs: 80 });
    const start = performance.now();
    expect((await call(gateway, 'GET', '/rest-apis')).status).to.equal(200);
    expect(performance.now() - start).to.be.greaterThan(75);
  });

  const broken = [
    ['reset before', 0],
    ['reset after', 1],
    ['lost answer', 1],
  ] as const;
  for (const [connection, stored] of broken) {
    it(`leave ${stored} stored by a POST that ended in a ${connection}`, async () => {
      gateway.faults.add({ method: 'POST', connection, times: 1 });
      const failure = await call(gateway, 'POST', '/rest-apis', books, {
        signal: AbortSignal.timeout(300),
      }).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(Error);
      expect(gateway.stored('rest-apis')).to.have.lengthOf(stored);
      expect(gateway.calls).to.have.lengthOf(1);
      expect(gateway.calls[0]).to.include({ method: 'POST', path: '/rest-apis', status: 0 });
    });
  }

  it('can answer a status although what was asked has happened', async () => {
    gateway.faults.add({ method: 'POST', status: 502, afterEffect: true, times: 1 });
    expect((await call(gateway, 'POST', '/rest-apis', books)).status).to.equal(502);
    expect(gateway.stored('rest-apis')).to.have.lengthOf(1);
  });

  it('can be set on the admin port, for it and for the other', async () => {
    const body = JSON.stringify({ method: 'GET', path: '/rest-apis', status: 418, times: 1 });
    const set = await admin(gateway, '/emulator/faults', { method: 'POST', body });
    expect(set.status).to.equal(201);
    expect((await call(gateway, 'GET', '/rest-apis')).status).to.equal(418);
    const [told] = (await admin(gateway, '/emulator/faults')).body as unknown[];
    expect(told).to.include({ id: set.at('id'), taken: 1, status: 418 });
    const removed = await admin(gateway, `/emulator/faults/${set.textAt('id')}`, { method: 'DELETE' });
    expect(removed.status).to.equal(204);
    gateway.faults.add({ port: 'admin', path: '/config_dump', status: 500 });
    expect((await admin(gateway, '/api/admin/v0.9/config_dump')).status).to.equal(500);
    expect((await call(gateway, 'GET', '/rest-apis')).status).to.equal(200);
  });

  it('leave a note of every call, but of those that steer the emulator', async () => {
    await call(gateway, 'POST', '/rest-apis', books);
    await call(gateway, 'GET', '/rest-apis?status=deployed', undefined, { user: 'dev' });
    const told = (await admin(gateway, '/emulator/calls')).body as readonly Record<string, unknown>[];
    expect(
      told.map(({ method, path, query, status, user }) => [method, path, query, status, user]),
    ).to.deep.equal([
      ['POST', '/rest-apis', '', 201, 'admin'],
      ['GET', '/rest-apis', 'status=deployed', 200, 'dev'],
    ]);
    await admin(gateway, '/emulator/restart-empty', { method: 'POST' });
    expect(gateway.stored('rest-apis')).to.deep.equal([]);
  });
});
