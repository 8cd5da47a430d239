import { expect } from 'chai';
import { useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { startGateway, type Gateway } from '../../support/gateway/emulator.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import { eventually, startScene, type Scene } from './scene.ts';

describe('resources that several gateways take', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let controller: RunningController;
  let scene: Scene;
  let second: Gateway;

  before(async () => {
    await installCrds();
    controller = await startController(cluster().kubeconfig, { driftIntervalMs: 1000 });
    scene = await startScene('placement', { api: 'v0.9' });
    second = await startGateway({ api: 'v1', pollIntervalMs: 0 });
    await scene.apply(
      scene.apiGateway('second', second, { scope: 'LabelSelector', matchLabels: { tier: scene.namespace } }),
    );
  });
  after(async () => {
    await scene.end();
    await second.stop();
    await controller.stop();
  });

  const books = (labels: object = {}) => scene.resource('RestApi', 'books', minimal.RestApi, { labels });
  const plan = (labels: object) =>
    scene.resource('SubscriptionPlan', 'gold', minimal.SubscriptionPlan, { labels });
  const both = () => ({ tier: scene.namespace });

  it('stand on each of them, of whatever generation, with an id of their own on each', async () => {
    await scene.apply(books(both()), plan(both()));
    const stored = await scene.until('SubscriptionPlan', 'gold', 'Ready', 'True');
    await scene.until('RestApi', 'books', 'Ready', 'True');
    expect(stored.status?.programmed).to.equal('2/2');
    const ids = stored.status?.gateways?.map(({ id }) => id);
    expect(new Set(ids).size).to.equal(2);
    expect(second.stored('rest-apis')).to.have.length(1);
    expect(scene.gateway.stored('rest-apis')).to.have.length(1);
  });

  it('leave one that does not select them any more', async () => {
    await scene.apply(books());
    await eventually(() => expect(second.stored('rest-apis')).to.deep.equal([]));
    await eventually(async () => {
      const object = await scene.get('RestApi', 'books');
      expect(object?.status?.programmed).to.equal('1/1');
      expect(object?.status?.gateways).to.have.length(1);
    });
    expect(scene.gateway.stored('rest-apis')).to.have.length(1);
  });

  it('are not kept waiting by one that is dead', async () => {
    await second.stop();
    await scene.apply(books(both()));
    const object = await scene.until('RestApi', 'books', 'Ready', 'False', 'Unreachable');
    expect(object.status?.programmed).to.equal('1/2');
    await scene.apply(
      scene.resource('RestApi', 'books', { ...minimal.RestApi, context: '/moved' }, { labels: both() }),
    );
    await eventually(() => {
      const [api] = scene.gateway.stored('rest-apis') as unknown as { spec: { context: string } }[];
      expect(api?.spec.context).to.equal('/moved');
    });
    await second.start();
    await scene.until('RestApi', 'books', 'Ready', 'True');
  });

  it('do not wait for one whose APIGateway is gone, and leave alone what stands there', async () => {
    await scene.remove('apigateways.gateway.api-platform.wso2.com', 'second');
    await eventually(async () => {
      const object = await scene.get('RestApi', 'books');
      expect(object?.status?.gateways).to.have.length(1);
    });
    await scene.remove('RestApi', 'books');
    await scene.gone('RestApi', 'books');
    expect(second.stored('rest-apis')).to.have.length(1);
  });

  it('say so where none takes them', async () => {
    await scene.remove('apigateways.gateway.api-platform.wso2.com', 'main');
    await scene.apply(books());
    await scene.until('RestApi', 'books', 'Ready', 'False', 'NoGateway');
    await scene.apply(scene.apiGateway('main', scene.gateway));
    await scene.until('RestApi', 'books', 'Ready', 'True');
  });

  it('go with an APIGateway that takes them along', async () => {
    const annotations = { 'gateway.api-platform.wso2.com/deletion-policy': 'Delete' };
    await scene.apply(scene.apiGateway('main', scene.gateway, undefined, { annotations }));
    await eventually(async () => {
      const gateway = await scene.get('apigateways.gateway.api-platform.wso2.com', 'main');
      expect(gateway?.metadata.finalizers).to.have.length(1);
    });
    await scene.remove('apigateways.gateway.api-platform.wso2.com', 'main');
    await scene.gone('apigateways.gateway.api-platform.wso2.com', 'main');
    expect(scene.gateway.stored('rest-apis')).to.deep.equal([]);
    expect(await scene.get('RestApi', 'books')).not.to.equal(undefined);
  });
});
