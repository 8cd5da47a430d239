import { expect } from 'chai';
import { useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { freshNamespace, kubectl } from '../../support/cluster/shared.ts';
import { minimal } from '../../support/manifests.ts';
import { eventually, secret, startScene, writes, type Scene } from './scene.ts';

const prefix = 'gateway.api-platform.wso2.com';

describe('whose it is what stands at a gateway', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let controller: RunningController;
  let scene: Scene;
  let elsewhere: string;

  before(async () => {
    await installCrds();
    controller = await startController(cluster().kubeconfig, { driftIntervalMs: 1000 });
    scene = await startScene('owner', { api: 'v0.9' });
    elsewhere = await freshNamespace('owner-b');
    const selector = { scope: 'Namespaced', namespaces: [scene.namespace, elsewhere] };
    await scene.apply(scene.apiGateway('main', scene.gateway, selector));
  });
  after(async () => {
    await kubectl(['delete', 'namespace', elsewhere, '--wait=false']);
    await scene.end();
    await controller.stop();
  });

  const spec = (name: string, change: object = {}) => ({
    ...minimal.RestApi,
    displayName: name,
    context: `/${name}`,
    ...change,
  });
  const byHand = async (name: string, content: object) => {
    const response = await fetch(`${scene.gateway.url}/api/management/v0.9/rest-apis`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        apiVersion: `${prefix}/v1alpha1`,
        kind: 'RestApi',
        metadata: { name },
        spec: content,
      }),
    });
    expect(response.status).to.equal(201);
    scene.gateway.clearCalls();
  };
  const annotated = (key: string, value: string) => ({ annotations: { [`${prefix}/${key}`]: value } });
  const context = (name: string) =>
    (
      scene.gateway.stored('rest-apis') as unknown as {
        metadata: { name: string };
        spec: { context: string };
      }[]
    ).find(({ metadata }) => metadata.name === name)?.spec.context;

  it('is taken over without a write where it is equal', async () => {
    await byHand('equal', spec('equal'));
    await scene.apply(scene.resource('RestApi', 'equal', spec('equal')));
    await scene.until('RestApi', 'equal', 'Ready', 'True');
    expect(writes(scene.gateway)).to.deep.equal([]);
  });

  it('is left alone where it differs, and the way out is told', async () => {
    await byHand('other', spec('other', { context: '/somewhere' }));
    await scene.apply(scene.resource('RestApi', 'other', spec('other')));
    const refused = await scene.until('RestApi', 'other', 'Ready', 'False', 'Taken');
    expect(JSON.stringify(refused.status)).to.contain('spec.context').and.to.contain('adoption-policy');
    expect(writes(scene.gateway)).to.deep.equal([]);
    await scene.remove('RestApi', 'other');
    await scene.gone('RestApi', 'other');
    expect(context('other')).to.equal('/somewhere');
  });

  it('is taken over and changed where that is allowed', async () => {
    await scene.apply(
      scene.resource('RestApi', 'other', spec('other'), annotated('adoption-policy', 'IfUnowned')),
    );
    await scene.until('RestApi', 'other', 'Ready', 'True');
    expect(context('other')).to.equal('/other');
  });

  it("is the older one's when two want the same handle, and the younger one's when the older is gone", async () => {
    await scene.apply(scene.resource('RestApi', 'both', spec('first')));
    await scene.until('RestApi', 'both', 'Ready', 'True');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const rival = { ...scene.resource('RestApi', 'both', spec('second')) } as { metadata: object };
    await kubectl(
      ['apply', '-f', '-'],
      JSON.stringify({ ...rival, metadata: { name: 'both', namespace: elsewhere } }),
    );
    const status = async () =>
      await kubectl(['get', `restapis.${prefix}`, 'both', '-n', elsewhere, '-o', 'jsonpath={.status}']);
    await eventually(async () => {
      expect(await status())
        .to.contain('HandleConflict')
        .and.to.contain(`RestApi ${scene.namespace}/both is older`);
    });
    expect(context('both')).to.equal('/first');
    await scene.remove('RestApi', 'both');
    await eventually(() => expect(context('both')).to.equal('/second'));
  });

  it('is never replaced by way of the artifact id of somebody else', async () => {
    const id = '11111111-2222-3333-4444-555555555555';
    await scene.apply(scene.resource('RestApi', 'mine', spec('mine'), annotated('artifact-id', id)));
    await scene.until('RestApi', 'mine', 'Ready', 'True');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await scene.apply(scene.resource('RestApi', 'thief', spec('thief'), annotated('artifact-id', id)));
    await scene.until('RestApi', 'thief', 'Accepted', 'False', 'ArtifactIdConflict');
    expect(context('mine')).to.equal('/mine');
    await scene.remove('RestApi', 'thief');
    await scene.gone('RestApi', 'thief');
  });

  it('is left there where deletion-policy says Orphan', async () => {
    await scene.apply(
      scene.resource('RestApi', 'mine', spec('mine'), annotated('deletion-policy', 'Orphan')),
    );
    await scene.until('RestApi', 'mine', 'Ready', 'True');
    await scene.remove('RestApi', 'mine');
    await scene.gone('RestApi', 'mine');
    expect(context('mine')).to.equal('/mine');
  });

  it('is looked at and not written to where reconcile says Observe, and not even looked at where it says Paused', async () => {
    await scene.apply(scene.resource('RestApi', 'seen', spec('seen'), annotated('reconcile', 'Observe')));
    const observed = await scene.until('RestApi', 'seen', 'Active', 'False', 'Observe');
    expect(JSON.stringify(observed.status)).to.contain('it would be created');
    await scene.apply(scene.resource('RestApi', 'still', spec('still'), annotated('reconcile', 'Paused')));
    await scene.until('RestApi', 'still', 'Active', 'False', 'Paused');
    expect([context('seen'), context('still')]).to.deep.equal([undefined, undefined]);
    await scene.apply(scene.resource('RestApi', 'still', spec('still')));
    await scene.until('RestApi', 'still', 'Ready', 'True');
  });

  it('does not keep a resource whose gateway is dead, where force-delete says so', async () => {
    await scene.gateway.stop();
    await scene.remove('RestApi', 'still');
    await scene.until('RestApi', 'still', 'Programmed', 'False', 'Removing');
    await scene.apply(scene.resource('RestApi', 'still', spec('still'), annotated('force-delete', 'true')));
    await scene.gone('RestApi', 'still');
    await scene.gateway.start();
  });

  for (const [where, type] of [
    ['its namespace', 'namespace'],
    ['every gateway that still holds it', 'apigateways.gateway.api-platform.wso2.com'],
  ] as const) {
    it(`does not keep a resource whose gateway is dead, where force-delete on ${where} says so`, async () => {
      await scene.apply(scene.resource('RestApi', 'let-go', spec('let-go')));
      await scene.until('RestApi', 'let-go', 'Ready', 'True');
      await scene.gateway.stop();
      await scene.remove('RestApi', 'let-go');
      await scene.until('RestApi', 'let-go', 'Programmed', 'False', 'Removing');
      const object = type === 'namespace' ? [type, scene.namespace] : [type, 'main', '-n', scene.namespace];
      await kubectl(['annotate', ...object, `${prefix}/force-delete=true`]);
      await scene.gone('RestApi', 'let-go');
      await kubectl(['annotate', ...object, `${prefix}/force-delete-`]);
      await scene.gateway.start();
      await eventually(() => expect(context('let-go')).to.equal(undefined), 60_000);
    });
  }

  it('is not a Secret of somebody else into which a key is put', async () => {
    await scene.apply(
      secret('precious', { 'api-key': 'not yours' }),
      scene.resource('RestApi', 'seen', spec('seen')),
      scene.resource('ApiKey', 'greedy', {
        parentRef: { kind: 'RestApi', name: 'seen' },
        outputSecretRef: { name: 'precious' },
      }),
    );
    const refused = await scene.until('ApiKey', 'greedy', 'Ready', 'False', 'Taken');
    expect(JSON.stringify(refused.status)).to.contain('does not belong to').and.not.to.contain('not yours');
  });

  it('is waited for where it is the Secret of an earlier key of the same name, which the garbage collector takes', async () => {
    const owner = { apiVersion: 'gateway.api-platform.wso2.com/v1', kind: 'ApiKey', name: 'again' };
    await scene.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'again-api-key',
        // So that it stays for as long as the test looks.
        finalizers: ['portcullis.test/hold'],
        ownerReferences: [{ ...owner, uid: '6a1e0b56-5c0f-4a3b-9d52-6f6f0d2d6c11' }],
      },
      stringData: { 'api-key': 'of the earlier one' },
    });
    await scene.apply(scene.resource('ApiKey', 'again', { parentRef: { kind: 'RestApi', name: 'seen' } }));
    const waiting = await scene.until('ApiKey', 'again', 'Ready', 'False', 'ValueNotFound');
    expect(JSON.stringify(waiting.status)).to.contain('belongs to an earlier ApiKey');
    // What the garbage collector does; here it may not know the kind yet.
    await kubectl(['delete', 'secret', 'again-api-key', '-n', scene.namespace, '--wait=false']);
    const release = ['--type=merge', '-p', '{"metadata":{"finalizers":null}}'];
    await kubectl(['patch', 'secret', 'again-api-key', '-n', scene.namespace, ...release]);
    await scene.until('ApiKey', 'again', 'Ready', 'True');
    const made = await kubectl(['get', 'secret', 'again-api-key', '-n', scene.namespace, '-o', 'json']);
    expect(made).not.to.contain(btoa('of the earlier one'));
  });
});
