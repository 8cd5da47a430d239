import { expect } from 'chai';
import { shardOf } from '../../../controller/shards/shard-of.ts';
import { table } from '../../../src/kinds/table.ts';
import type { Lease } from '../../../src/kube/lease.ts';
import { group } from '../../../src/model/generation.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { startGateway, type Gateway } from '../../support/gateway/emulator.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import { Replicas, type Replica } from '../../support/replicas.ts';
import { eventually, secret, type StoredObject } from './scene.ts';

const shards = 4;
const apis = `${table.get('RestApi').plural}.${group}`;

describe('controllers that share the work', function () {
  this.timeout(180_000);
  const cluster = useCluster();
  let replicas: Replicas;
  let gateway: Gateway;
  let home: string;
  let spaces: readonly string[];
  const running = new Set<Replica>();

  const start = async (name: string, settings: Readonly<Record<string, string>> = {}) => {
    const replica = await replicas.start(name, settings);
    running.add(replica);
    return replica;
  };
  const end = async (replica: Replica, how: NodeJS.Signals) => {
    await replica.signal(how);
    await replica.ended;
    running.delete(replica);
  };

  before(async () => {
    await installCrds();
    home = await freshNamespace('shards-home');
    spaces = Array.from({ length: 40 }, (_, index) => `${home}-${index}`);
    gateway = await startGateway({ api: 'v1', pollIntervalMs: 0 });
    replicas = new Replicas(cluster().kubeconfig, {
      PORTCULLIS_NAMESPACE: home,
      PORTCULLIS_LEASE_SECONDS: '6',
      PORTCULLIS_SHARDS: String(shards),
      PORTCULLIS_DRIFT_INTERVAL_SECONDS: '20',
      // There is no webhook that could grant anything.
      PORTCULLIS_REACH: 'Any',
    });
    await apply(...spaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })));
    const credentials = { basic: { secretRef: { name: 'gateway-admin' } } };
    await apply(
      {
        ...secret('gateway-admin', { username: 'admin', password: 'admin' }),
        metadata: inHome('gateway-admin'),
      },
      {
        apiVersion: `${group}/v1`,
        kind: 'APIGateway',
        metadata: inHome('main'),
        spec: { apiSelector: { scope: 'Cluster' }, management: { url: gateway.url, auth: credentials } },
      },
    );
  });
  after(async () => {
    await kubectl(['delete', 'namespace', ...spaces, '--wait=false']);
    await eventually(async () => {
      expect(await kubectl(['get', apis, '-A', '-o', 'name'])).to.equal('');
    }, 60_000);
    // With it go the Leases, without which nobody would have let the resources go.
    await kubectl(['delete', 'namespace', home, '--wait=false']);
    await replicas.stop();
    await gateway.stop();
  });

  const inHome = (name: string) => ({ namespace: home, name });
  const apply = (...items: readonly object[]) =>
    kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  /** A resource of each namespace. */
  const batch = (called: string, change: object = {}) =>
    spaces.map((namespace, index) => ({
      apiVersion: `${group}/v1`,
      kind: 'RestApi',
      metadata: { namespace, name: `${called}-${index}` },
      spec: {
        ...minimal.RestApi,
        displayName: `${called} ${index}`,
        context: `/${called}-${index}`,
        ...change,
      },
    }));
  const leases = async () => {
    const text = await kubectl(['get', 'leases', '-n', home, '-o', 'json']);
    return new Map((JSON.parse(text) as { items: Lease[] }).items.map((one) => [one.metadata.name, one]));
  };
  /** Who holds which shard. */
  const holders = async () => {
    const all = await leases();
    return Array.from(
      { length: shards },
      (_, shard) => all.get(`portcullis-controller-${shard}`)?.spec?.holderIdentity ?? '',
    );
  };
  const balanced = async (...expected: readonly number[]) => {
    await eventually(async () => {
      const held = await holders();
      const counts = [...running].map(({ identity }) => held.filter((holder) => holder === identity).length);
      expect(counts.toSorted().toReversed(), held.join(' ')).to.deep.equal(expected);
    }, 40_000);
  };
  const programmed = async (called: string, generation: number) => {
    await eventually(async () => {
      const { items } = JSON.parse(await kubectl(['get', apis, '-A', '-o', 'json'])) as {
        items: StoredObject[];
      };
      const good = items.filter(
        ({ metadata, status }) =>
          metadata.name.startsWith(`${called}-`) &&
          status?.gateways?.[0]?.state === 'Programmed' &&
          status.gateways[0].observedGeneration === generation,
      );
      expect(good).to.have.length(spaces.length);
    }, 40_000);
  };
  const writes = (method: string) => gateway.calls.filter((call) => call.method === method);
  const writers = () =>
    new Set(gateway.calls.filter(({ method }) => method !== 'GET').map(({ userAgent }) => userAgent));
  /** Every write was one that was wanted, by the one who held the shard. */
  const onceEach = (method: string, count: number) => {
    const log = writes(method).map(({ at, body, status, userAgent }) =>
      [at.toISOString(), status, userAgent, /"name":"([^"]*)"/.exec(body)?.[1]].join(' '),
    );
    expect(
      writes(method).filter(({ status }) => status >= 300),
      log.join('\n'),
    ).to.be.empty;
    expect(writes(method)).to.have.length(count);
  };
  let first: Replica;
  let second: Replica;

  it('take as much as the other, and program everything exactly once', async () => {
    [first, second] = await Promise.all([start('first'), start('second')]);
    await balanced(2, 2);
    gateway.clearCalls();
    await apply(...batch('one'));
    await programmed('one', 1);
    onceEach('POST', spaces.length);
    onceEach('PUT', 0);
    expect(writers().size).to.equal(2);
    const held = await holders();
    const wrong = writes('POST').filter(({ body, userAgent }) => {
      const { metadata } = JSON.parse(body) as { metadata: { name: string } };
      const space = spaces[Number(metadata.name.split('-')[1])] ?? '';
      return !userAgent.endsWith(held[shardOf(space, shards)] ?? '?');
    });
    expect(wrong).to.deep.equal([]);
  });

  it('hand shards to one who comes, in the middle of the work, and do nothing twice', async () => {
    gateway.clearCalls();
    gateway.faults.add({ method: 'POST', delayMs: 1500 });
    await start('third');
    await apply(...batch('two'));
    await programmed('two', 1);
    await balanced(2, 1, 1);
    gateway.faults.clear();
    onceEach('POST', spaces.length);
    onceEach('PUT', 0);
    gateway.clearCalls();
    await apply(...batch('two', { version: 'v2.0' }));
    await programmed('two', 2);
    onceEach('PUT', spaces.length);
    expect(writers().size).to.equal(3);
  });

  it('take over from one that is stopped, which does nothing twice when it goes on', async () => {
    gateway.clearCalls();
    gateway.faults.add({ method: 'POST', delayMs: 500 });
    await apply(...batch('three'));
    await eventually(() => expect(writers()).to.include(`portcullis-controller/${second.identity}`));
    await second.signal('SIGSTOP');
    await programmed('three', 1);
    await second.signal('SIGCONT');
    await balanced(2, 1, 1);
    gateway.faults.clear();
    onceEach('POST', spaces.length);
  });

  it('take over what one leaves behind that was killed', async () => {
    gateway.clearCalls();
    await end(first, 'SIGKILL');
    await apply(...batch('one', { version: 'v3.0' }));
    await programmed('one', 2);
    await balanced(2, 2);
    onceEach('PUT', spaces.length);
    onceEach('POST', 0);
  });

  it('take over at once what one gives back that is told to end', async () => {
    const began = performance.now();
    await end(second, 'SIGTERM');
    await balanced(4);
    expect(performance.now() - began).to.be.lessThan(5000);
  });

  it('decide alike who has a handle that two namespaces want, whoever holds which', async () => {
    await start('fourth');
    await balanced(2, 2);
    const of = (shard: number) => spaces.find((space) => shardOf(space, shards) === shard)!;
    const held = await holders();
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
    await apply(wish(of(0)));
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await apply(wish(of(other)));
    await eventually(async () => {
      expect((await state(of(0)))?.state).to.equal('Programmed');
      expect(await state(of(other))).to.include({ state: 'Refused', reason: 'HandleConflict' });
    });
    await kubectl(['delete', apis, 'wanted', '-n', of(0)]);
    await eventually(async () => expect((await state(of(other)))?.state).to.equal('Programmed'));
  });

  it('have the gateway’s own status written by one of them, with the resources of all', async () => {
    await eventually(async () => {
      const text = await kubectl(['get', `apigateways.${group}`, 'main', '-n', home, '-o', 'json']);
      expect(JSON.stringify((JSON.parse(text) as { status: unknown }).status)).to.contain(
        String(3 * spaces.length + 1),
      );
    }, 40_000);
  });

  it('wait for each other when they would divide the work in another way', async () => {
    const lone = await start('lone', { PORTCULLIS_SHARDS: '1' });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect((await leases()).get('portcullis-controller')?.spec?.holderIdentity).to.equal(`${shards} shards`);
    for (const replica of [...running]) if (replica !== lone) await end(replica, 'SIGTERM');
    await eventually(async () => {
      const lease = (await leases()).get('portcullis-controller');
      expect(lease?.spec?.holderIdentity).to.equal(lone.identity);
    });
    gateway.clearCalls();
    await apply(...batch('one', { version: 'v4.0' }));
    await programmed('one', 3);
    onceEach('PUT', spaces.length);
  });
});
