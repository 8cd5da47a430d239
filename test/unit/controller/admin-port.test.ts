import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { AdminPort } from '../../../controller/gateway/admin-port.ts';
import { Sensitive } from '../../../src/runtime/sensitive.ts';

type Answer = readonly [status: number, body: string] | ((response: ServerResponse) => void);

const credentials = { by: 'bearer', token: new Sensitive('token') } as const;
const policy = { name: 'p', version: 'v1.0.0', parameters: {} };
const updatedAt = '2026-01-01T00:00:00.000000001Z';
const api = {
  id: 'hunter2',
  configuration: { kind: 'K', metadata: { name: 'n', labels: {} }, spec: { secret: 'hunter2' } },
  metadata: { status: 'deployed', createdAt: updatedAt, updatedAt, deployedAt: updatedAt },
};

/** What is made of answers, and what was asked. `guarded`: whoever comes without credentials is answered 401. */
async function asked(answer: Answer, { guarded = false, maxDumpBytes = 1_000_000 } = {}) {
  const seen: string[] = [];
  const server = createServer(({ method = '', url = '', headers }, response) => {
    seen.push(`${method} ${url} ${headers.authorization === undefined ? 'anonymous' : 'with credentials'}`);
    if (guarded && headers.authorization === undefined) response.writeHead(401).end('{"error":"hunter2"}');
    else if (typeof answer === 'function') answer(response);
    else response.writeHead(answer[0]).end(answer[1]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/gw/`);
  const management = { url: new URL('http://elsewhere'), credentials, tls: {}, maxConcurrency: 8 };
  const port = new AdminPort({ url, generation: 'v1', management, maxDumpBytes });
  const signal = AbortSignal.timeout(5000);
  try {
    const dump = await port.dump(signal);
    return { seen, dump, isOpen: port.isOpen, version: await port.version(signal) };
  } finally {
    await port.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('the admin port of a gateway', () => {
  it('is asked where its address says, and of its dump no spec and nothing else that nobody needs is kept', async () => {
    const body = JSON.stringify({
      apis: [
        api,
        { ...api, metadata: { ...api.metadata, status: 'undeployed' } },
        'hunter2',
        { id: 'hunter2' },
      ],
      policies: [{ ...policy, more: 'hunter2' }],
      statistics: { more: 'hunter2' },
    });
    const { seen, dump } = await asked([200, body]);
    expect(seen[0]).to.equal('GET /gw/api/admin/v1/config_dump anonymous');
    const shown = { kind: 'K', handle: 'n', updatedAt: 1_767_225_600_000_000_001n };
    const apis = [
      { ...shown, isDeployed: true },
      { ...shown, isDeployed: false },
    ];
    expect(dump).to.deep.equal({ is: 'read', value: { apis, definitions: [policy] } });
  });

  it('is open where it gives the dump to whoever asks, and then never sees our credentials', async () => {
    const { seen, isOpen } = await asked([200, '{"apis":[],"policies":[]}']);
    expect(isOpen).to.equal(true);
    expect(seen.filter((call) => call.endsWith('with credentials'))).to.deep.equal([]);
  });

  it('is not open where it wants credentials, and gets those of the management API', async () => {
    const { seen, isOpen, dump } = await asked([200, '{"apis":[],"policies":[]}'], { guarded: true });
    expect(isOpen).to.equal(false);
    expect(dump.is).to.equal('read');
    expect(seen).to.deep.equal([
      'GET /gw/api/admin/v1/config_dump anonymous',
      'GET /gw/api/admin/v1/config_dump with credentials',
      'GET /gw/api/admin/v1/xds_sync_status with credentials',
    ]);
  });

  it('is not taken to want credentials where it refuses those too', async () => {
    const { seen } = await asked([403, 'Forbidden']);
    expect(seen.map((call) => call.split(' ').slice(2).join(' '))).to.deep.equal([
      'anonymous',
      'with credentials',
      'anonymous',
      'with credentials',
    ]);
  });

  it('tells the version of what Envoy was told', async () => {
    const body = '{"component":"gateway-controller","policy_chain_version":"17"}';
    expect((await asked([200, body])).version).to.deep.equal({ is: 'read', value: '17' });
  });

  it('has its dump switched off where the answer is 404', async () => {
    expect((await asked([404, '404 page not found'])).dump).to.deep.equal({ is: 'off' });
  });

  it('lists nothing where the gateway has nothing yet, and no policies where the dump has no list of them', async () => {
    expect((await asked([200, '{"apis":null,"policies":[]}'])).dump).to.deep.equal({
      is: 'read',
      value: { apis: [], definitions: [] },
    });
    expect((await asked([200, '{"apis":[]}'])).dump).to.deep.equal({
      is: 'read',
      value: { apis: [], definitions: undefined },
    });
  });

  for (const [title, answer, reason, why] of [
    ['our credentials are not good enough', [403, '{"error":"hunter2"}'], 'Forbidden', 'the answer is 403'],
    ['it fails', [500, 'hunter2'], 'NotRead', 'the answer is 500'],
    ['something else answers', [200, '{"hunter2":true}'], 'NotRead', 'the answer is something else'],
    ['HTML comes', [200, '<p>hunter2'], 'NotRead', 'the answer is not JSON, from its byte 0 on'],
    ['nothing comes', [200, ''], 'NotRead', 'the answer is empty'],
    [
      'half of it comes',
      [200, '{"apis":[{"hunter2'],
      'NotRead',
      'the answer ends in the middle, after 18 bytes',
    ],
    [
      'it is larger than any',
      [200, `{"apis":[${' '.repeat(2_000_000)}]}`],
      'NotRead',
      'its answer is too large',
    ],
    [
      'the connection breaks in the middle of it',
      (response: ServerResponse) => {
        response.writeHead(200, { 'content-length': '1000' }).write('{"apis":[');
        setTimeout(() => response.destroy(), 50);
      },
      'NotRead',
      'its answer, 200, broke off: the connection was closed',
    ],
    [
      'nobody answers',
      (response: ServerResponse) => response.destroy(),
      'Unreachable',
      'the connection was closed',
    ],
  ] as const) {
    it(`is not read where ${title}, and nothing of the answer is repeated`, async () => {
      const message = `could not read what the gateway has loaded because ${why}`;
      expect((await asked(answer)).dump).to.deep.equal({ is: 'failed', reason, message });
    });
  }
});
