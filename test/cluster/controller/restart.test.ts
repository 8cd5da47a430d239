import { expect } from 'chai';
import { useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import { eventually, startScene, writes, type Scene } from './scene.ts';

const prefix = 'gateway.api-platform.wso2.com';

describe('the controller when it was away', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let controller: RunningController;
  let scene: Scene;
  const start = async () => {
    controller = await startController(cluster().kubeconfig, { driftIntervalMs: 1000 });
  };

  before(async () => {
    await installCrds();
    await start();
    scene = await startScene('restart', { api: 'v1' });
    await scene.apply(
      scene.resource('RestApi', 'books'),
      scene.resource('SubscriptionPlan', 'gold'),
      scene.resource('ApiKey', 'books-key'),
      scene.resource('ManagedSecret', 'token', { displayName: 'token', value: 'abc' }),
    );
    for (const [kind, name] of all) await scene.until(kind, name, 'Ready', 'True');
  });
  after(async () => {
    await scene.end();
    await controller.stop();
  });

  const all = [
    ['RestApi', 'books'],
    ['SubscriptionPlan', 'gold'],
    ['ApiKey', 'books-key'],
    ['ManagedSecret', 'token'],
  ] as const;

  const compared = async () => {
    const lists = () => scene.gateway.calls.filter(({ path }) => path === '/subscription-plans').length;
    const before = lists();
    await eventually(() => expect(lists()).to.be.at.least(before + 3));
  };

  it('writes nothing when nothing has happened', async () => {
    await compared();
    await controller.stop();
    scene.gateway.clearCalls();
    await start();
    await compared();
    expect(writes(scene.gateway)).to.deep.equal([]);
  });

  it('makes no second of what it created just before it was killed', async () => {
    await controller.stop();
    // As if the status had never been written.
    for (const plural of ['subscriptionplans', 'apikeys', 'restapis']) {
      const name = plural === 'subscriptionplans' ? 'gold' : plural === 'apikeys' ? 'books-key' : 'books';
      await cluster().kubectlRun([
        'patch',
        `${plural}.${prefix}`,
        name,
        '-n',
        scene.namespace,
        '--subresource=status',
        '--type=merge',
        '-p',
        '{"status":null}',
      ]);
    }
    scene.gateway.clearCalls();
    await start();
    for (const [kind, name] of all) await scene.until(kind, name, 'Ready', 'True');
    expect(scene.gateway.stored('subscription-plans')).to.have.length(1);
    expect(writes(scene.gateway).filter((call) => !call.includes('api-keys'))).to.deep.equal([]);
  });

  it('removes what was deleted meanwhile, and what was sent elsewhere', async () => {
    await controller.stop();
    await scene.remove('SubscriptionPlan', 'gold');
    await start();
    await scene.gone('SubscriptionPlan', 'gold');
    expect(scene.gateway.stored('subscription-plans')).to.deep.equal([]);
  });

  it('never takes away a secret that something hand-made names', async () => {
    const spec = { ...minimal.RestApi, displayName: 'hand', context: '/hand', policies: [] };
    const upstream = { main: { url: 'http://h/{{ secret "token" }}' } };
    const response = await fetch(`${scene.gateway.url}/api/management/v1/rest-apis`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        apiVersion: `${prefix}/v1`,
        kind: 'RestApi',
        metadata: { name: 'hand' },
        spec: { ...spec, upstream },
      }),
    });
    expect(response.status).to.equal(201);
    await scene.remove('ManagedSecret', 'token');
    const held = await scene.until('ManagedSecret', 'token', 'Ready', 'False', 'Removing');
    expect(JSON.stringify(held.status)).to.contain('RestApi hand');
    expect(scene.gateway.stored('secrets')).to.have.length(1);
    scene.gateway.tamper.remove('rest-apis', 'hand');
    await scene.gone('ManagedSecret', 'token');
  });
});
