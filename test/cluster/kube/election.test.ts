import { expect } from 'chai';
import { elect, type ElectionOptions, type Lead } from '../../../src/kube/election.ts';
import { createKubeClient, type KubeClient, loadKubeConfig } from '../../../src/kube/client.ts';
import { type Lease, leaseType } from '../../../src/kube/lease.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { freshNamespace, useCluster } from '../../support/cluster/shared.ts';
import { eventually } from '../../unit/kube/eventually.ts';

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

describe('an election by a Lease', () => {
  const cluster = useCluster();
  let client: KubeClient;
  let namespace: string;
  let running: Promise<void>[];
  let lives: AbortController[];

  before(async () => {
    client = createKubeClient({ kubeConfig: loadKubeConfig({ path: cluster().kubeconfig }) });
    namespace = await freshNamespace('election');
  });
  beforeEach(() => {
    running = [];
    lives = [];
  });
  afterEach(async () => {
    for (const life of lives) life.abort();
    await Promise.allSettled(running);
  });

  function candidate(
    name: string,
    identity: string,
    lead: Lead,
    through: KubeClient = client,
  ): AbortController {
    const life = new AbortController();
    const options: ElectionOptions = { namespace, name, identity, leaseMs: 3000, renewMs: 300 };
    const deps = { client: through, clock: systemClock, logger: silentLogger };
    lives.push(life);
    running.push(elect(options, deps, lead, life.signal));
    return life;
  }

  const holder = async (name: string) =>
    (await client.get<Lease>(leaseType, namespace, name))?.spec?.holderIdentity;

  it('is won by one of several, and by the next one when that one goes', async () => {
    const leading = new Set<string>();
    let most = 0;
    const lead =
      (identity: string): Lead =>
      async (signal) => {
        leading.add(identity);
        most = Math.max(most, leading.size);
        await untilAborted(signal);
        leading.delete(identity);
      };
    const byName = new Map(['a', 'b', 'c'].map((name) => [name, candidate('several', name, lead(name))]));
    for (let left = 3; left > 0; left -= 1) {
      const leader = await eventually(() => (leading.size === 1 ? [...leading].join() : ''));
      expect(await eventually(() => holder('several'))).to.equal(leader);
      byName.get(leader)?.abort();
      await eventually(() => !leading.has(leader));
    }
    expect(most).to.equal(1);
    expect(await eventually(async () => (await holder('several')) === '')).to.equal(true);
  });

  it('is renewed for as long as it is led', async () => {
    let ends = 0;
    candidate('renewed', 'a', async (signal, tenure) => {
      while (!signal.aborted && ends < 20) {
        expect(tenure.remainingMs()).to.be.greaterThan(0);
        ends += 1;
        await systemClock.sleep(200, signal);
      }
    });
    await Promise.all(running);
    expect(ends).to.equal(20);
  });

  it('is over for a leader who cannot reach the API server, before anyone else can win it', async () => {
    const order: string[] = [];
    const severed = new AbortController();
    const through = {
      ...client,
      within: (limits: object) => client.within({ ...limits, signal: severed.signal }),
    };
    candidate(
      'severed',
      'a',
      async (signal, tenure) => {
        order.push('a leads');
        severed.abort();
        await untilAborted(signal);
        order.push(tenure.remainingMs() <= 0 ? 'a knows that its time is over' : 'a was called off early');
      },
      through,
    );
    await eventually(() => order.length === 1);
    candidate('severed', 'b', async (signal) => {
      order.push('b leads');
      await untilAborted(signal);
    });
    await eventually(() => order.includes('b leads'));
    expect(order).to.deep.equal(['a leads', 'a knows that its time is over', 'b leads']);
  });

  it('is over for a leader whose Lease somebody else has taken', async () => {
    let calledOff = false;
    candidate('robbed', 'a', async (signal) => {
      await untilAborted(signal);
      calledOff = true;
    });
    await eventually(async () => (await holder('robbed')) === 'a');
    const spec = { holderIdentity: 'robber', leaseDurationSeconds: 600 };
    await eventually(() => client.mergePatch(leaseType, namespace, 'robbed', { spec }));
    await eventually(() => calledOff);
    lives[0]?.abort();
    await Promise.all(running);
    expect(await holder('robbed')).to.equal('robber');
  });

  it('ends with the error of the one who leads, and lets go of the Lease', async () => {
    candidate('failed', 'a', () => Promise.reject(new Error('a fault of its own')));
    const [result] = await Promise.allSettled(running);
    expect(result).to.deep.include({ status: 'rejected' });
    expect(await holder('failed')).to.equal('');
  });

  it('is won by nobody, not even by the same one, while something that was sent may be on its way', async () => {
    const began: number[] = [];
    const life = candidate('doubtful', 'a', async (signal, tenure) => {
      began.push(performance.now());
      if (began.length > 1) return;
      tenure.unanswered();
      await client.mergePatch(leaseType, namespace, 'doubtful', { spec: { leaseTransitions: 7 } });
      await untilAborted(signal);
    });
    await eventually(() => began.length > 0);
    candidate('doubtful', 'b', () => Promise.resolve(void began.push(performance.now())));
    await eventually(() => began.length > 1);
    life.abort();
    expect(began[1]! - began[0]!).to.be.greaterThan(2900);
  });
});
