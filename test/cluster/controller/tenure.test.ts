import { expect } from 'chai';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import { Replicas, type Replica } from '../../support/replicas.ts';
import { eventually, startScene, type Scene } from './scene.ts';

const count = 120;

describe('controllers of which one works and one stands by', function () {
  this.timeout(180_000);
  const cluster = useCluster();
  let replicas: Replicas;
  let home: string;
  let scene: Scene;
  let first: Replica;
  let second: Replica;

  before(() => installCrds());
  /** Leases that end soon are waited for; those that are given back had better not end meanwhile. */
  const started = async (leaseSeconds: number) => {
    home = await freshNamespace('tenure-home');
    replicas = new Replicas(cluster().kubeconfig, {
      PORTCULLIS_NAMESPACE: home,
      PORTCULLIS_LEASE_SECONDS: String(leaseSeconds),
      PORTCULLIS_DRIFT_INTERVAL_SECONDS: '5',
    });
    scene = await startScene('tenure', { api: 'v1' });
    first = await replicas.start('first');
    await leads(first);
    second = await replicas.start('second');
    // A steady stream of both: of writes at the gateway, and of statuses.
    scene.gateway.faults.add({ method: 'POST', delayMs: 150 });
    first.api.writesTakeMs = 300;
  };
  afterEach(async () => {
    await replicas.stop();
    // Nobody keeps the finalizers now.
    const finisher = new Replicas(cluster().kubeconfig, { PORTCULLIS_NAMESPACE: 'default' });
    await finisher.start('finisher');
    await scene.end();
    await finisher.stop();
  });

  const leads = async (replica: Replica, times = 1) => {
    await eventually(async () => {
      const log = await replica.log();
      const led = log.filter(({ msg }) => msg === 'this replica leads');
      expect(led, JSON.stringify(log.slice(-5))).to.have.length(times);
    });
  };
  const api = (index: number) =>
    scene.resource('RestApi', `api-${index}`, {
      ...minimal.RestApi,
      displayName: `api ${index}`,
      context: `/api-${index}`,
    });
  /** What a replica wrote at the gateway, by its place in the order of all calls. */
  const writesOf = ({ identity }: Replica) =>
    [...scene.gateway.calls.entries()].filter(
      ([, { method, userAgent }]) => method !== 'GET' && userAgent.endsWith(identity),
    );
  /** What it wrote at the API server; Leases have rules of their own, and events are news. */
  const kubeWritesOf = ({ api: { calls } }: Replica) =>
    calls.filter(({ method, path }) => method !== 'GET' && !/\/(leases|events)(\/|$)/.test(path));
  const inTheMiddle = async () => {
    await scene.apply(...Array.from({ length: count }, (_, index) => api(index)));
    await eventually(() => {
      expect(writesOf(first).length).to.be.greaterThan(20);
      expect(kubeWritesOf(first).length).to.be.greaterThan(5);
    });
    expect(writesOf(first).length).to.be.lessThan(count);
  };
  const allStand = async () => {
    await eventually(() => expect(scene.gateway.stored('rest-apis')).to.have.length(count), 60_000);
    for (const index of [0, count - 1]) await scene.until('RestApi', `api-${index}`, 'Ready', 'True');
  };

  it('go on with each other’s work when one is stopped, and that one writes nothing when it continues', async () => {
    await started(5);
    await inTheMiddle();
    await first.signal('SIGSTOP');
    await leads(second);
    await allStand();
    const [begin = 0] = writesOf(second)[0] ?? [];
    const { at } = kubeWritesOf(second)[0]!;
    await first.signal('SIGCONT');
    await eventually(async () => {
      const log = await first.log();
      expect(log.map(({ msg }) => msg)).to.include('this replica leads no longer');
    });
    await scene.apply(scene.resource('RestApi', 'late', { ...minimal.RestApi, context: '/late' }));
    await scene.until('RestApi', 'late', 'Ready', 'True');
    expect(writesOf(first).filter(([place]) => place > begin)).to.deep.equal([]);
    expect(kubeWritesOf(first).filter((call) => call.at > at)).to.deep.equal([]);
    const posts = writesOf(second).filter(([, { method }]) => method !== 'POST');
    expect(posts).to.deep.equal([]);
    const handles = scene.gateway.calls.filter(({ method, status }) => method === 'POST' && status === 201);
    expect(handles).to.have.length(count + 1);

    // It is a candidate again.
    await second.signal('SIGTERM');
    await leads(first, 2);
    await scene.remove('RestApi', 'late');
    await scene.gone('RestApi', 'late');
  });

  it('wait for the end of the Lease of one that was killed, and no longer', async () => {
    await started(5);
    await inTheMiddle();
    await first.signal('SIGKILL');
    await first.ended;
    await leads(second);
    await allStand();
  });

  it('hand the work over at once when one is told to end, with what it has begun brought to its end', async () => {
    await started(30);
    await inTheMiddle();
    await first.signal('SIGTERM');
    expect(await first.ended).to.equal('code 0');
    // Given back, so that nobody has to wait for its end.
    const lease = ['get', 'lease', 'portcullis-controller', '-n', home];
    expect(await kubectl([...lease, '-o', 'jsonpath={.spec.holderIdentity}'])).not.to.equal(first.identity);
    await leads(second);
    await allStand();
    const posts = scene.gateway.calls.filter(({ method }) => method === 'POST');
    expect(posts).to.have.length(count);
    expect(posts.filter(({ status }) => status !== 201)).to.deep.equal([]);
  });
});
