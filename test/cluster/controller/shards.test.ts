import { expect } from 'chai';
import { shardOf } from '../../../controller/shards/shard-of.ts';
import { group } from '../../../src/model/generation.ts';
import { kubectl, useCluster } from '../../support/cluster/shared.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import type { Replica } from '../../support/replicas.ts';
import type { ResourceStatus } from '../../../src/model/status.ts';
import { eventually, type StoredObject } from './scene.ts';
import { agentOf, apis, SharedWork } from './shared-work.ts';

const shards = 4;
const namespaces = 40;

describe('controllers that share the work', function () {
  this.timeout(180_000);
  const cluster = useCluster();
  let work: SharedWork;
  let first: Replica;
  let second: Replica;

  before(async () => {
    await installCrds();
    const settings = { PORTCULLIS_DRIFT_INTERVAL_SECONDS: '20' };
    work = await SharedWork.begin(cluster().kubeconfig, { prefix: 'shards', shards, namespaces, settings });
  });
  after(async () => {
    await work.end();
  });
  beforeEach(() => work.gateway.clearCalls());
  afterEach(() => work.gateway.faults.clear());

  it('take as much as the other, and program everything exactly once, each its own', async () => {
    [first, second] = await Promise.all([work.join('first'), work.join('second')]);
    await work.balanced(2, 2);
    const before = await work.leases();
    await work.apply(...work.batch('one'));
    await work.programmed('one', 1);
    work.onceEach('POST', namespaces);
    work.onceEach('PUT', 0);
    expect(work.writers().size).to.equal(2);
    const after = await work.leases();
    const wrong = work.writes('POST').filter(({ body, userAgent }) => {
      const { metadata } = JSON.parse(body) as { metadata: { name: string } };
      const lease = `portcullis-controller-${shardOf(work.spaceOf(metadata.name), shards)}`;
      const { holderIdentity, leaseTransitions } = after.get(lease)?.spec ?? {};
      // On a machine that is too slow for its Leases a shard may have moved meanwhile, which tells nothing.
      if (leaseTransitions !== before.get(lease)?.spec?.leaseTransitions) return false;
      return userAgent !== agentOf({ identity: holderIdentity ?? '?' });
    });
    expect(wrong).to.deep.equal([]);
  });

  it('tell each what is live of its own, and one of them which policies there are', async () => {
    await eventually(async () => {
      const live = (await work.stored('one')).filter(
        ({ status }) => status?.gateways?.[0]?.live?.state === 'Live',
      );
      expect(live).to.have.length(namespaces);
    }, 40_000);
    const { conditions } = await work.status<ResourceStatus>();
    expect(conditions?.find(({ type }) => type === 'PoliciesKnown')?.status).to.equal('True');
  });

  it('hand shards to one who comes, in the middle of the work, and do nothing twice', async () => {
    work.gateway.faults.add({ method: 'POST', delayMs: 1000 });
    await work.join('third');
    await work.apply(...work.batch('two'));
    await work.programmed('two', 1);
    await work.balanced(2, 1, 1);
    work.gateway.faults.clear();
    work.onceEach('POST', namespaces);
    work.onceEach('PUT', 0);
    work.gateway.clearCalls();
    await work.apply(...work.batch('two', { version: 'v2.0' }));
    await work.programmed('two', 2);
    work.onceEach('PUT', namespaces);
    expect(work.writers().size).to.equal(3);
  });

  it('take over from one that is stopped, which sends nothing when it goes on', async () => {
    work.gateway.faults.add({ method: 'POST', delayMs: 500 });
    await work.apply(...work.batch('three'));
    await eventually(() => expect(work.writers()).to.include(agentOf(second)));
    await second.signal('SIGSTOP');
    await work.programmed('three', 1);
    const until = new Date();
    await second.signal('SIGCONT');
    await work.balanced(2, 1, 1);
    work.onceEach('POST', namespaces);
    const late = work.writes().filter(({ at, userAgent }) => at >= until && userAgent === agentOf(second));
    expect(late).to.deep.equal([]);
  });

  it('take over what one leaves behind that was killed', async () => {
    await work.leave(first, 'SIGKILL');
    await work.apply(...work.batch('one', { version: 'v3.0' }));
    await work.programmed('one', 2);
    await work.balanced(2, 2);
    work.onceEach('PUT', namespaces);
    work.onceEach('POST', 0);
  });

  it('take over in the middle of the work from one that was killed, and do nothing twice', async () => {
    const fourth = await work.join('fourth');
    await work.balanced(2, 1, 1);
    work.gateway.faults.add({ method: 'POST', delayMs: 500 });
    await work.apply(...work.batch('four'));
    await eventually(() => expect(work.writers()).to.include(agentOf(fourth)));
    await work.leave(fourth, 'SIGKILL');
    await work.programmed('four', 1);
    work.onceEach('POST', namespaces);
  });

  it('take over at once what one gives back that is told to end', async () => {
    await work.balanced(2, 2);
    const leases = async () => [...(await work.leases()).values()];
    await work.leave(second, 'SIGTERM');
    const held = await leases();
    expect(held.map(({ spec }) => spec?.holderIdentity)).not.to.include(second.identity);
    await work.balanced(4);
  });

  it('decide alike who has a handle that two namespaces want, whoever holds which', async () => {
    await work.join('fifth');
    await work.balanced(2, 2);
    const of = (shard: number) => work.spaces.find((space) => shardOf(space, shards) === shard)!;
    const held = await work.holders();
    const other = held.findIndex((holder) => holder !== held[0]);
    const wish = (namespace: string) => ({
      apiVersion: `${group}/v1`,
      kind: 'RestApi',
      metadata: { namespace, name: 'wanted' },
      spec: { ...minimal.RestApi, displayName: 'wanted', context: '/wanted' },
    });
    const state = async (namespace: string) => {
      const text = await kubectl(['get', apis, 'wanted', '-n', namespace, '-o', 'json']);
      return (JSON.parse(text) as StoredObject).status?.gateways?.[0];
    };
    await work.apply(wish(of(0)));
    await eventually(async () => expect((await state(of(0)))?.state).to.equal('Programmed'));
    await work.apply(wish(of(other)));
    await eventually(async () => {
      expect(await state(of(other))).to.include({ state: 'Refused', reason: 'HandleConflict' });
    });
    await kubectl(['delete', apis, 'wanted', '-n', of(0)]);
    await eventually(async () => expect((await state(of(other)))?.state).to.equal('Programmed'));
  });

  it('have the gateway’s own status written by one of them, with the resources of all', async () => {
    const count = 4 * namespaces + 1;
    await eventually(async () => {
      const { bound, programmed } = await work.status<{ bound: number; programmed: number }>();
      expect({ bound, programmed }).to.deep.equal({ bound: count, programmed: count });
    }, 40_000);
  });

  it('wait for each other when they would divide the work in another way', async () => {
    const lone = await work.join('lone', { PORTCULLIS_SHARDS: '1' });
    const divided = `${shards} shards`;
    const holder = async () =>
      (await work.leases()).get('portcullis-controller')?.spec?.holderIdentity ?? undefined;
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(await holder()).to.equal(divided);
    for (const replica of [...work.running]) if (replica !== lone) await work.leave(replica, 'SIGTERM');
    await eventually(async () => expect(await holder()).to.equal(lone.identity));
    await work.apply(...work.batch('one', { version: 'v4.0' }));
    await work.programmed('one', 3);
    work.onceEach('PUT', namespaces);
  });

  it('have left everything at the gateway once', () => {
    const expected = work.spaces.map((_, index) => index).toSorted();
    for (const called of ['one', 'two', 'three', 'four']) {
      const numbers = work.standing(called).map((name) => Number(name.split('-').at(-1)));
      expect(numbers.toSorted(), called).to.deep.equal(expected);
    }
  });
});
