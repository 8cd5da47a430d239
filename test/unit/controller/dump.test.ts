import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { readDump } from '../../../controller/gateway/dump.ts';
import { policiesKnown, policyStatusOf, type PolicyNews } from '../../../controller/gateway/policy-news.ts';

/** What is made of an answer, and what was asked. */
async function asked(status: number, body: string) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers.authorization ?? 'anonymous'}`);
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/gw/`);
  const management = {
    url: new URL('http://elsewhere'),
    credentials: { by: 'none' as const },
    tls: {},
    maxConcurrency: 8,
  };
  try {
    return { seen, dump: await readDump(url, 'v1', management, AbortSignal.timeout(5000)) };
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('the dump of a gateway', () => {
  it('is asked for where the address says, and only its policies are kept', async () => {
    const policy = { name: 'p', version: 'v1.0.0', parameters: {} };
    const body = JSON.stringify({ apis: ['hunter2'], policies: [{ ...policy, more: 'hunter2' }] });
    const { seen, dump } = await asked(200, body);
    expect(seen).to.deep.equal(['GET /gw/api/admin/v1/config_dump anonymous']);
    expect(dump).to.deep.equal({ is: 'read', definitions: [policy] });
  });

  it('is off where the answer is 404', async () => {
    expect((await asked(404, '404 page not found')).dump).to.deep.equal({ is: 'off' });
  });

  for (const [title, status, body, why] of [
    ['it is not permitted', 401, '{"error":"hunter2"}', 'the answer is 401'],
    ['it lists no policies', 200, '{"apis":["hunter2"]}', 'the answer lists none'],
    ['it is no JSON', 200, '<p>hunter2', 'the answer lists none'],
  ] as const) {
    it(`is not read where ${title}, and nothing of the answer is repeated`, async () => {
      const message = `could not read which policies the gateway has loaded because ${why}`;
      expect((await asked(status, body)).dump).to.deep.equal({ is: 'failed', message });
    });
  }

  it('is not read where it is larger than any gateway has one', async () => {
    expect((await asked(200, ' '.repeat(40 * 1024 * 1024))).dump.is).to.equal('failed');
  });
});

describe('what the status of a gateway says of its policies', () => {
  const before = { policies: [{ name: 'p', version: 'v1.0.0' }], policyHash: 'h' };
  const off: PolicyNews = { is: 'unknown', reason: 'DumpIsOff', message: 'it is off' };

  it('stays while they are not known', () => {
    expect(policyStatusOf(before, off)).to.deep.equal(before);
    expect(policyStatusOf(before, undefined)).to.deep.equal(before);
    expect(policiesKnown(off)[0]).to.include({ status: 'False', reason: 'DumpIsOff', message: 'it is off' });
  });

  it('goes when there is nobody to ask', () => {
    expect(policyStatusOf(before, { is: 'nowhere' })).to.deep.equal({});
    expect(policiesKnown({ is: 'nowhere' })[0]).to.include({ status: 'Unknown', reason: 'NoAdminUrl' });
  });

  it('is replaced by what was learned', () => {
    const policies = [{ name: 'q', version: 'v2.0.0' }];
    expect(policyStatusOf(before, { is: 'known', policies, hash: 'i' })).to.deep.equal({
      policies,
      policyHash: 'i',
    });
  });

  it('has no condition before anything was learned', () =>
    expect(policiesKnown(undefined)).to.deep.equal([]));
});
