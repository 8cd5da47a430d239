import { expect } from 'chai';
import { useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { Life, mortal, mortalWay } from './mortal.ts';
import { eventually, startScene, type Scene } from './scene.ts';

const annotations = { 'gateway.api-platform.wso2.com/allow-recreate': 'true' };

/** What each change writes at the gateway, in order; the controller is killed after each, before the answer. */
const changes: readonly (readonly [string, object, readonly string[]])[] = [
  [
    'another token',
    { subscriptionToken: 'another-token' },
    ['gateway POST /subscriptions', 'gateway DELETE /subscriptions/:id'],
  ],
  [
    'another application',
    { applicationId: 'another-app' },
    ['gateway DELETE /subscriptions/:id', 'gateway POST /subscriptions'],
  ],
];

describe('a subscription that is being made anew when the controller is killed', function () {
  this.timeout(180_000);
  const cluster = useCluster();
  let scene: Scene;
  let life = new Life();
  let running: RunningController;

  const start = async () =>
    await startController(cluster().kubeconfig, {
      driftIntervalMs: 500,
      through: (client) => mortal(client, () => life),
    });
  const subscription = (name: string, change: object) =>
    scene.resource(
      'Subscription',
      name,
      { apiId: 'books', subscriptionToken: `token-of-${name}`, applicationId: 'app', ...change },
      { annotations },
    );

  before(async () => {
    await installCrds();
    scene = await startScene('renewal', { api: 'v0.9' });
    const way = await mortalWay(scene.gateway.url, () => life);
    after(() => void way.server.close());
    await scene.apply(scene.apiGateway('main', { ...scene.gateway, url: way.url }));
    running = await start();
    await scene.apply(scene.resource('RestApi', 'books'));
    await scene.until('RestApi', 'books', 'Ready', 'True');
  });
  after(async () => {
    await scene.end();
    await running.stop();
  });

  for (const [what, change, sorts] of changes) {
    for (const [at, sort] of sorts.entries()) {
      it(`stands once, with ${what}, after ${sort.replace('gateway ', '')}`, async () => {
        const name = `reader-${what.split(' ')[1]}-${at}`;
        await scene.apply(subscription(name, {}));
        await scene.until('Subscription', name, 'Ready', 'True');
        const mine = (life = new Life(sort));
        await scene.apply(subscription(name, change));
        await mine.died;
        life = new Life();
        await running.stop();
        running = await start();
        await eventually(async () => {
          const { status, metadata } = (await scene.get('Subscription', name))!;
          const { generation } = metadata as { generation?: number };
          const seen = JSON.stringify(status);
          expect(status?.conditions?.at(-1), seen).to.include({
            status: 'True',
            observedGeneration: generation,
          });
          const there = scene.gateway.stored('subscriptions');
          expect(there, seen).to.have.length(1);
          const [{ subscriptionToken: token, ...shown }] = [
            { subscriptionToken: `token-of-${name}`, applicationId: 'app', ...change },
          ];
          expect(there[0], seen).to.deep.include({ token, ...shown, id: status?.id });
        });
        await scene.remove('Subscription', name);
        await scene.gone('Subscription', name);
        expect(scene.gateway.stored('subscriptions')).to.deep.equal([]);
      });
    }
  }
});
