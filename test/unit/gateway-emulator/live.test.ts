import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Gateway } from '../../support/gateway/emulator.ts';
import { startGateway } from '../../support/gateway/emulator.ts';
import type { JsonObject } from '../../support/gateway/wire/json.ts';
import { admin, call } from './client.ts';
import { document } from './documents.ts';

const pollIntervalMs = 40;

describe('the live state of the emulated gateway', () => {
  let gateway: Gateway;

  beforeEach(async () => {
    gateway = await startGateway({ api: 'v0.9', pollIntervalMs });
  });

  afterEach(() => gateway.stop());

  it('follows what is stored only at the next poll', async () => {
    const release = gateway.tamper.lag();
    await call(gateway, 'POST', '/rest-apis', document('RestApi', 'books', 'v0.9'));
    expect(await live()).to.deep.equal([]);
    release();
    await polled();
    const [entry] = await live();
    const updatedAt = (await call(gateway, 'GET', '/rest-apis/books')).at('status.updatedAt');
    expect(entry).to.have.nested.property('configuration.metadata.name', 'books');
    expect(entry).to.have.nested.property('metadata.updatedAt', updatedAt);
  });

  it('shows every kind that Envoy serves as a RestApi, Mcp without its annotations', async () => {
    const metadata = { annotations: { mark: 'mine' } };
    const sent = [
      [
        '/llm-providers',
        { ...document('LlmProvider', 'model', 'v0.9'), metadata: { ...metadata, name: 'model' } },
      ],
      ['/mcp-proxies', { ...document('Mcp', 'tools', 'v0.9'), metadata: { ...metadata, name: 'tools' } }],
    ] as const;
    for (const [path, body] of sent) await call(gateway, 'POST', path, body);
    await polled();
    const shown = (await live()).map(({ configuration }) => configuration as JsonObject);
    expect(shown.map(({ kind }) => kind)).to.deep.equal(['RestApi', 'RestApi']);
    expect(shown.map((one) => one.metadata)).to.deep.equal([
      { name: 'model', ...metadata },
      { name: 'tools' },
    ]);
  });

  it('moves the version of the policy chain, which starts at 1 again with the process', async () => {
    expect(await version()).to.equal('1');
    await call(gateway, 'POST', '/rest-apis', document('RestApi', 'books', 'v0.9'));
    await polled();
    expect(await version()).to.equal('2');
    await gateway.stop();
    await gateway.start();
    expect(await version()).to.equal('1');
    expect(await live()).to.have.lengthOf(1);
  });

  it('keeps the old value of a Secret until the next PUT of its user', async () => {
    await call(gateway, 'POST', '/secrets', document('Secret', 'header', 'v0.9', { value: 'old' }));
    await call(gateway, 'POST', '/rest-apis', user());
    await polled();
    await call(gateway, 'PUT', '/secrets/header', document('Secret', 'header', 'v0.9', { value: 'new' }));
    await polled();
    expect(JSON.stringify(await live())).to.include('"old"');
    await call(gateway, 'PUT', '/rest-apis/books', user());
    await polled();
    expect(JSON.stringify(await live())).to.include('"new"');
  });

  it('never has what names a Secret that went before the poll, and then can not start again', async () => {
    await call(gateway, 'POST', '/secrets', document('Secret', 'header', 'v0.9'));
    const release = gateway.tamper.lag();
    await call(gateway, 'POST', '/rest-apis', user());
    expect((await call(gateway, 'DELETE', '/secrets/header')).status).to.equal(200);
    release();
    await polled();
    expect((await call(gateway, 'GET', '/rest-apis/books')).at('status.state')).to.equal('deployed');
    expect(await live()).to.deep.equal([]);
    await gateway.stop();
    const failure = await gateway.start().catch((error: unknown) => error as Error);
    expect(String(failure)).to.include("could not start because RestApi 'books'");
  });

  it('asks for credentials on generation 1 alone, and can be switched off', async () => {
    const newer = await startGateway({ api: 'v1', configDump: false });
    const credentials = { headers: { Authorization: `Basic ${btoa('admin:admin')}` } };
    expect((await admin(newer, '/api/admin/v1/xds_sync_status')).status).to.equal(401);
    expect((await admin(newer, '/api/admin/v1/xds_sync_status', credentials)).status).to.equal(200);
    expect((await admin(newer, '/api/admin/v1/config_dump', credentials)).status).to.equal(404);
    await newer.stop();
    expect((await admin(gateway, '/api/admin/v0.9/config_dump')).status).to.equal(200);
  });

  function user(): JsonObject {
    const params = { request: { headers: [{ name: 'x', value: '{{ secret "header" }}' }] } };
    return document('RestApi', 'books', 'v0.9', {
      policies: [{ name: 'set-headers', version: 'v1', params }],
    });
  }

  async function live(): Promise<readonly JsonObject[]> {
    return (await admin(gateway, '/api/admin/v0.9/config_dump')).at('apis') as readonly JsonObject[];
  }

  async function version(): Promise<unknown> {
    return (await admin(gateway, '/api/admin/v0.9/xds_sync_status')).at('policy_chain_version');
  }

  /** Timers fire in their order: a poll has come before the second of two intervals ends. */
  function polled(): Promise<void> {
    return sleep(2 * pollIntervalMs);
  }
});
