import { expect } from 'chai';
import { counter, createRegistry, gauge, histogram } from '../../../src/runtime/metrics.ts';
import { serveProbes } from '../../../src/runtime/probes.ts';

describe('the probes', () => {
  const reasons: string[] = [];
  const registry = createRegistry();
  let life: AbortController;
  let base: string;
  let done: Promise<void>;

  before(async () => {
    life = new AbortController();
    const options = { host: '127.0.0.1', port: 0, ready: () => reasons, registry };
    const probes = await serveProbes(options, life.signal);
    base = `http://127.0.0.1:${probes.port}`;
    done = probes.done;
  });

  it('say that the process lives', async () => {
    expect((await fetch(`${base}/healthz`)).status).to.equal(200);
  });

  it('say whether it is ready, and if not, every reason', async () => {
    expect((await fetch(`${base}/readyz`)).status).to.equal(200);
    reasons.push('restapis are not listed yet', 'there is no certificate');
    const answer = await fetch(`${base}/readyz?verbose`);
    expect(answer.status).to.equal(503);
    expect(await answer.text()).to.equal(
      'not ready:\n  restapis are not listed yet\n  there is no certificate\n',
    );
  });

  it('show the metrics, every closed series from zero on', async () => {
    counter(registry, {
      name: 'a_total',
      help: 'A',
      labels: { outcome: ['good', 'bad'], way: ['in', 'out'] },
    });
    gauge(registry, { name: 'b', help: 'B', labels: { gateway: 'open' } }).set({ gateway: 'g' }, 3);
    histogram(registry, { name: 'c_seconds', help: 'C', buckets: [0.1, 1] }).observe(0.5);
    const text = await (await fetch(`${base}/metrics`)).text();
    expect(text).to.include('a_total{outcome="bad",way="out"} 0');
    expect(text).to.include('b{gateway="g"} 3');
    expect(text).to.include('c_seconds_bucket{le="1"} 1');
  });

  it('know nothing else', async () => {
    expect((await fetch(`${base}/`)).status).to.equal(404);
    expect((await fetch(`${base}/healthz`, { method: 'POST' })).status).to.equal(405);
  });

  it('close when their signal aborts', async () => {
    life.abort();
    await done;
    expect(await fetch(`${base}/healthz`).catch(() => 'refused')).to.equal('refused');
  });

  it('refuse to start on a port that is taken', async () => {
    const free = new AbortController();
    const options = { host: '127.0.0.1', port: 0, ready: () => [], registry };
    const first = await serveProbes(options, free.signal);
    const second = await serveProbes({ ...options, port: first.port }, free.signal).catch(String);
    expect(second).to.include('EADDRINUSE');
    free.abort();
    await first.done;
  });
});
