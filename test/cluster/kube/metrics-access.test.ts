import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { createKubeClient, loadKubeConfig } from '../../../src/kube/client.ts';
import { reviewedAccess } from '../../../src/kube/metrics-access.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { createRegistry } from '../../../src/runtime/metrics.ts';
import { serveProbes } from '../../../src/runtime/probes.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { ManualClock } from '../../unit/manual-clock.ts';

describe('metrics that only some may see', function () {
  this.timeout(60_000);
  const cluster = useCluster();
  const life = new AbortController();
  const clock = new ManualClock();
  const reader = `metrics-reader-${randomBytes(4).toString('hex')}`;
  let namespace: string;
  let base: string;
  let tokens: Readonly<Record<'prometheus' | 'stranger', string>>;

  before(async () => {
    namespace = await freshNamespace('metrics');
    const tokenOf = async (name: string) => {
      await kubectl(['create', 'serviceaccount', name, '-n', namespace]);
      return (await kubectl(['create', 'token', name, '-n', namespace])).trim();
    };
    tokens = { prometheus: await tokenOf('prometheus'), stranger: await tokenOf('stranger') };
    await kubectl(['create', 'clusterrole', reader, '--verb=get', '--non-resource-url=/metrics']);
    const account = `--serviceaccount=${namespace}:prometheus`;
    await kubectl(['create', 'clusterrolebinding', reader, `--clusterrole=${reader}`, account]);
    const client = createKubeClient({ kubeConfig: loadKubeConfig({ path: cluster().kubeconfig }) });
    const admit = reviewedAccess({ client, clock, logger: silentLogger });
    const options = { host: '127.0.0.1', port: 0, ready: () => [], registry: createRegistry(), admit };
    base = `http://127.0.0.1:${(await serveProbes(options, life.signal)).port}`;
  });
  after(async () => {
    life.abort();
    await kubectl(['delete', 'clusterrole,clusterrolebinding', reader, '--ignore-not-found']);
  });

  const answered = async (authorization?: string) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const answer = await fetch(`${base}/metrics`, { headers });
    return {
      status: answer.status,
      challenge: answer.headers.get('www-authenticate'),
      text: await answer.text(),
    };
  };

  const strangers = [
    {
      title: 'no token',
      header: () => undefined,
      status: 401,
      says: 'a bearer token of this cluster is needed',
    },
    { title: 'something else than a token', header: () => 'Basic YTpi', status: 401, says: 'bearer token' },
    {
      title: 'a token that nobody issued',
      header: () => 'Bearer abc.def.ghi',
      status: 401,
      says: 'bearer token',
    },
    {
      title: 'the token of an account that may not',
      header: () => `Bearer ${tokens.stranger}`,
      status: 403,
      says: 'this account may not get /metrics',
    },
  ];
  for (const { title, header, status, says } of strangers) {
    it(`are refused to whoever shows ${title}`, async () => {
      const answer = await answered(header());
      expect(answer.status).to.equal(status);
      expect(answer.text).to.contain(says);
      expect(answer.challenge).to.equal(status === 401 ? 'Bearer' : null);
    });
  }

  it('are shown to whom RBAC lets get /metrics', async () => {
    expect((await answered(`Bearer ${tokens.prometheus}`)).status).to.equal(200);
  });

  it('leave the probes open to everybody', async () => {
    for (const path of ['healthz', 'readyz']) expect((await fetch(`${base}/${path}`)).status).to.equal(200);
  });

  it('are refused when the permission is taken away, as soon as the last answer is forgotten', async () => {
    await kubectl(['delete', 'clusterrolebinding', reader]);
    // RBAC in the API server follows its own cache a moment later.
    for (;;) {
      await clock.advance(10_000);
      const { status } = await answered(`Bearer ${tokens.prometheus}`);
      if (status === 403) break;
      expect(status).to.equal(200);
    }
  });
});
