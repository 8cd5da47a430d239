import { expect } from 'chai';
import { createKubeClient, loadKubeConfig } from '../../../src/kube/client.ts';
import { leaseType, type Lease } from '../../../src/kube/lease.ts';
import { operatorLease } from '../../../src/model/platform-operator.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { parseExposition, valueOf } from '../../support/exposition.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import { Replicas, type Replica } from '../../support/replicas.ts';
import { eventually, startScene, writes, type Scene } from './scene.ts';

const leaseSeconds = 3;

/** The platform's own operator, as far as others see it: it keeps its leader Lease. */
function startOperator(kubeconfig: string, namespace: string) {
  const client = createKubeClient({ kubeConfig: loadKubeConfig({ path: kubeconfig }) });
  const stopping = new AbortController();
  const beat = async () => {
    while (!stopping.signal.aborted) {
      const before = await client.get<Lease>(leaseType, namespace, operatorLease);
      const spec = {
        holderIdentity: 'operator_1',
        leaseDurationSeconds: leaseSeconds,
        renewTime: new Date().toISOString().replace('Z', '000Z'),
      };
      const metadata = before?.metadata ?? { namespace, name: operatorLease };
      const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
      await (before === undefined ? client.create(leaseType, lease) : client.replace(leaseType, lease));
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  };
  const beating = beat();
  return {
    /** Without a word: the Lease expires. */
    async die() {
      stopping.abort();
      await beating;
    },
    async giveBack() {
      stopping.abort();
      await beating;
      await client.mergePatch(leaseType, namespace, operatorLease, { spec: { holderIdentity: '' } });
    },
  };
}

describe("a controller beside the platform's own operator", function () {
  this.timeout(180_000);
  const cluster = useCluster();
  let platform: string;
  let home: string;
  let scene: Scene;
  let replicas: Replicas;
  let operator: ReturnType<typeof startOperator> | undefined;

  before(() => installCrds());
  beforeEach(async () => {
    platform = await freshNamespace('platform');
    home = await freshNamespace('platform-home');
    scene = await startScene('beside', { api: 'v1' });
    replicas = new Replicas(cluster().kubeconfig, {
      PORTCULLIS_NAMESPACE: home,
      PORTCULLIS_DRIFT_INTERVAL_SECONDS: '1',
    });
  });
  afterEach(async () => {
    await operator?.die();
    operator = undefined;
    await kubectl(['delete', 'lease', operatorLease, '-n', platform, '--ignore-not-found']);
    await scene.end();
    await replicas.stop();
  });

  const readiness = async ({ probeUrl }: Replica) => {
    const response = await fetch(`${probeUrl}/readyz`);
    return { status: response.status, text: await response.text() };
  };
  const waits = async (replica: Replica) => {
    await eventually(async () => {
      const { status, text } = await readiness(replica);
      expect(status).to.equal(503);
      expect(text)
        .to.contain(`keeps the Lease ${platform}/${operatorLease}`)
        .and.to.contain('PORTCULLIS_BESIDE_PLATFORM_OPERATOR');
    }, 60_000);
  };
  const works = async (replica: Replica, name: string) => {
    await scene.apply(
      scene.resource('RestApi', name, { ...minimal.RestApi, displayName: name, context: `/${name}` }),
    );
    await eventually(() => scene.until('RestApi', name, 'Ready', 'True'), 60_000);
    expect((await readiness(replica)).status).to.equal(200);
  };
  const isLive = async ({ probeUrl }: Replica) => {
    const text = await (await fetch(`${probeUrl}/metrics`)).text();
    return valueOf(parseExposition(text), 'portcullis_controller_platform_operator_live');
  };
  /** What it wrote at the API server but for its own Lease, and the event that says why it waits. */
  const kubeWrites = ({ api: { calls } }: Replica) =>
    calls.filter(({ method, path }) => method !== 'GET' && !/\/(leases|events)(\/|$)/.test(path));

  it('waits, is not ready and says what to do, and works when the Lease has expired', async () => {
    operator = startOperator(cluster().kubeconfig, platform);
    await eventually(() => kubectl(['get', 'lease', operatorLease, '-n', platform]));
    const replica = await replicas.start('controller', { isAwaited: false });
    await waits(replica);
    await scene.apply(scene.resource('RestApi', 'early'));
    await eventually(async () => {
      const events = await kubectl(['get', 'events', '-n', platform, '-o', 'json']);
      expect(events).to.contain('PortcullisWaits').and.to.contain('PORTCULLIS_BESIDE_PLATFORM_OPERATOR');
    });
    const log = (await replica.log()).filter(({ msg }) => msg.includes("platform's own operator works here"));
    expect(log, JSON.stringify(log)).to.have.length(1);
    expect(await isLive(replica)).to.equal(1);
    expect(scene.gateway.calls).to.deep.equal([]);
    expect(kubeWrites(replica)).to.deep.equal([]);

    await operator.die();
    await works(replica, 'late');
    expect(await isLive(replica)).to.equal(0);
  });

  it('stops when the operator comes back to life, and goes on when its Lease is given back', async () => {
    const replica = await replicas.start('controller');
    await works(replica, 'first');
    operator = startOperator(cluster().kubeconfig, platform);
    await waits(replica);
    scene.gateway.clearCalls();
    const before = kubeWrites(replica).length;
    await scene.apply(
      scene.resource('RestApi', 'second', { ...minimal.RestApi, displayName: 'second', context: '/second' }),
    );
    scene.gateway.tamper.remove('rest-apis', 'first');
    // Some intervals of comparison.
    await new Promise((resolve) => setTimeout(resolve, 5000));
    expect(writes(scene.gateway)).to.deep.equal([]);
    expect(kubeWrites(replica).slice(before)).to.deep.equal([]);

    await operator.giveBack();
    await works(replica, 'third');
    await eventually(() => expect(scene.gateway.stored('rest-apis')).to.have.length(3), 60_000);
  });

  it('works all the same where it is told to', async () => {
    operator = startOperator(cluster().kubeconfig, platform);
    await eventually(() => kubectl(['get', 'lease', operatorLease, '-n', platform]));
    await replicas.stop();
    replicas = new Replicas(cluster().kubeconfig, {
      PORTCULLIS_NAMESPACE: home,
      PORTCULLIS_BESIDE_PLATFORM_OPERATOR: 'true',
    });
    await works(await replicas.start('controller'), 'beside');
  });

  it('does not wait for an operator in a namespace at which it is not to look', async () => {
    operator = startOperator(cluster().kubeconfig, platform);
    await eventually(() => kubectl(['get', 'lease', operatorLease, '-n', platform]));
    await replicas.stop();
    replicas = new Replicas(cluster().kubeconfig, {
      PORTCULLIS_NAMESPACE: home,
      PORTCULLIS_PLATFORM_OPERATOR_NAMESPACES: `${home},default`,
    });
    await works(await replicas.start('controller'), 'elsewhere');
  });
});
