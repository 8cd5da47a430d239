import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { startKubeProxy, type KubeProxy } from '../../support/kube-proxy.ts';
import { minimal } from '../../support/manifests.ts';
import { eventually, startScene, writes, type Scene } from './scene.ts';

const prefix = 'gateway.api-platform.wso2.com';
const theirs = `${prefix}/api-finalizer`;
const ours = `${prefix}/portcullis`;
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
const bookkeeping = `${prefix}/policy-valuefrom-fingerprint`;

describe("a resource that the platform's own operator has left", function () {
  this.timeout(180_000);
  const cluster = useCluster();
  let folder: string;
  let proxy: KubeProxy;
  let controller: RunningController;
  let scene: Scene;
  let elsewhere: string;

  before(async () => {
    await installCrds();
    folder = await mkdtemp(join(tmpdir(), 'portcullis-takeover-'));
    proxy = await startKubeProxy(cluster().kubeconfig, join(folder, 'kubeconfig'));
    controller = await startController(proxy.kubeconfig, { driftIntervalMs: 1000 });
    scene = await startScene('takeover', { api: 'v0.9' });
    elsewhere = await freshNamespace('takeover-b');
    const selector = { scope: 'Namespaced', namespaces: [scene.namespace, elsewhere] };
    await scene.apply(scene.apiGateway('main', scene.gateway, selector));
  });
  after(async () => {
    await kubectl(['delete', 'namespace', elsewhere, '--wait=false']);
    await scene.end();
    await controller.stop();
    await proxy.stop();
    await rm(folder, { recursive: true });
  });

  const spec = (name: string, change: object = {}) => ({
    ...minimal.RestApi,
    displayName: name,
    context: `/${name}`,
    ...change,
  });
  /** What the operator stored at the gateway: no mark, and every annotation. */
  const atGateway = async (name: string, content: object, annotations: object = {}) => {
    const response = await fetch(`${scene.gateway.url}/api/management/v0.9/rest-apis`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        apiVersion: `${prefix}/v1alpha1`,
        kind: 'RestApi',
        metadata: { name, annotations },
        spec: content,
      }),
    });
    expect(response.status).to.equal(201);
    scene.gateway.clearCalls();
  };
  const left = (name: string) =>
    scene.resource('RestApi', name, spec(name), {
      finalizers: [theirs],
      annotations: { [bookkeeping]: 'x' },
    });
  const finalizersOf = async (name: string) => (await scene.get('RestApi', name))?.metadata.finalizers;
  const stored = (name: string) =>
    (
      scene.gateway.stored('rest-apis') as unknown as {
        metadata: { name: string; annotations?: Record<string, string> };
        spec: { context: string };
      }[]
    ).find(({ metadata }) => metadata.name === name);
  /** Writes of ours to the resource itself, its status not counted. */
  const changesOf = (name: string) =>
    proxy.calls.filter(({ method, path }) => method !== 'GET' && path.endsWith(`/restapis/${name}`));

  it('is taken over in one write of its finalizers and none at the gateway, where it is equal there', async () => {
    await atGateway('equal', spec('equal'), { [bookkeeping]: 'x' });
    await scene.apply(left('equal'));
    await scene.until('RestApi', 'equal', 'Ready', 'True');
    await eventually(async () => expect(await finalizersOf('equal')).to.deep.equal([ours]));
    expect(changesOf('equal')).to.have.length(1);
    expect(writes(scene.gateway)).to.deep.equal([]);
  });

  it('is put right where it differs, without being asked to', async () => {
    await atGateway('behind', spec('behind', { context: '/old' }));
    await scene.apply(left('behind'));
    await scene.until('RestApi', 'behind', 'Ready', 'True');
    await eventually(async () => expect(await finalizersOf('behind')).to.deep.equal([ours]));
    expect(stored('behind')?.spec.context).to.equal('/behind');
    expect(writes(scene.gateway)).to.deep.equal(['PUT /rest-apis/behind']);
  });

  it('is written once where the gateway has the whole manifest with its secrets', async () => {
    await atGateway('leaky', spec('leaky'), { [lastApplied]: 'with a secret', [bookkeeping]: 'x' });
    await scene.apply(left('leaky'));
    await scene.until('RestApi', 'leaky', 'Ready', 'True');
    expect(writes(scene.gateway)).to.deep.equal(['PUT /rest-apis/leaky']);
    expect(Object.keys(stored('leaky')?.metadata.annotations ?? {})).to.deep.equal([`${prefix}/managed-by`]);
  });

  it('has our conditions in the place of those that another field manager wrote', async () => {
    await scene.gateway.stop();
    await scene.apply(left('told'));
    const status = {
      conditions: [
        {
          type: 'Programmed',
          status: 'False',
          reason: 'DeploymentFailed',
          message: 'Max retries (10) exceeded',
          lastTransitionTime: '2026-01-01T00:00:00Z',
        },
      ],
    };
    await kubectl(
      [
        'apply',
        '--server-side',
        '--force-conflicts',
        '--field-manager=manager',
        '--subresource=status',
        '-f',
        '-',
      ],
      JSON.stringify({
        apiVersion: `${prefix}/v1`,
        kind: 'RestApi',
        metadata: { name: 'told', namespace: scene.namespace },
        status,
      }),
    );
    await scene.gateway.start();
    const object = await scene.until('RestApi', 'told', 'Ready', 'True');
    const programmed = object.status?.conditions?.filter(({ type }) => type === 'Programmed');
    expect(programmed?.map(({ status: is, reason }) => [is, reason])).to.deep.equal([['True', 'Programmed']]);
  });

  it('keeps its finalizer until it stands everywhere, as that tells whose it is', async () => {
    const other = scene.apiGateway(
      'dead',
      { url: 'http://127.0.0.1:9' },
      {
        scope: 'LabelSelector',
        matchLabels: { both: 'true' },
      },
    );
    await scene.apply(other);
    const object = scene.resource('RestApi', 'both', spec('both'), {
      finalizers: [theirs],
      labels: { both: 'true' },
    });
    await scene.apply(object);
    await eventually(async () => {
      const gateways = (await scene.get('RestApi', 'both'))?.status?.gateways ?? [];
      expect(gateways.map(({ name, state }) => [name, state])).to.deep.equal([
        ['dead', 'Failing'],
        ['main', 'Programmed'],
      ]);
    });
    expect(await finalizersOf('both')).to.deep.equal([theirs]);
    await scene.remove(`apigateways.${prefix}`, 'dead');
    await eventually(async () => expect(await finalizersOf('both')).to.deep.equal([ours]));
  });

  it('is removed from the gateway when it is deleted before it could be taken over', async () => {
    await atGateway('late', spec('late'));
    await scene.gateway.stop();
    await scene.apply(left('late'));
    await scene.until('RestApi', 'late', 'Programmed', 'False', 'Unreachable');
    await scene.remove('RestApi', 'late');
    await scene.until('RestApi', 'late', 'Programmed', 'False', 'Removing');
    await scene.gateway.start();
    await scene.gone('RestApi', 'late');
    expect(stored('late')).to.equal(undefined);
  });

  it('takes nothing along that stands there for another resource of its name', async () => {
    await scene.apply(left('twin'));
    await scene.until('RestApi', 'twin', 'Ready', 'True');
    scene.gateway.tamper.edit('rest-apis', 'twin', ({ metadata }) => {
      metadata.annotations = {};
    });
    const twin = { ...left('twin'), metadata: { name: 'twin', finalizers: [theirs] } };
    await kubectl(['apply', '-n', elsewhere, '-f', '-'], JSON.stringify(twin));
    await kubectl(['delete', `restapis.${prefix}`, 'twin', '-n', elsewhere, '--timeout=60s']);
    expect(stored('twin')?.spec.context).to.equal('/twin');
  });

  it('is an APIGateway that can be deleted though the operator is gone', async () => {
    const object = scene.apiGateway(
      'spare',
      scene.gateway,
      { scope: 'LabelSelector', matchLabels: { no: 'one' } },
      {
        finalizers: [`${prefix}/apigateway-finalizer`],
      },
    );
    await scene.apply(object);
    await kubectl(['delete', `apigateways.${prefix}`, 'spare', '-n', scene.namespace, '--timeout=60s']);
  });
});
