import { expect } from 'chai';
import type { KubeClient } from '../../../src/kube/client.ts';
import { answeredWith } from '../../../src/kube/kube-error.ts';
import { useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { startGateway, type Gateway } from '../../support/gateway/emulator.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import { eventually, startScene, writes, type Scene } from './scene.ts';

const forbidden = 'of-somebody-else';

/** A client that may read every Secret but one. */
function forbidding(client: KubeClient): KubeClient {
  return new Proxy(client, {
    get(target, key) {
      if (key === 'within') return (limits: object) => forbidding(target.within(limits));
      if (key === 'get') {
        return async (...args: Parameters<KubeClient['get']>) => {
          if (args[2] === forbidden) throw answeredWith(`read Secret ${forbidden}`, 403, {});
          return await target.get(...args);
        };
      }
      const found: unknown = Reflect.get(target, key);
      return typeof found === 'function' ? (found.bind(target) as unknown) : found;
    },
  });
}

const apiGateway = 'apigateways.gateway.api-platform.wso2.com';

describe('who is kept waiting by somebody else', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let controller: RunningController;
  let scene: Scene;

  before(async () => {
    await installCrds();
    controller = await startController(cluster().kubeconfig, { driftIntervalMs: 500, through: forbidding });
    scene = await startScene('fair', { api: 'v1' });
  });
  after(async () => {
    scene.gateway.faults.clear();
    await scene.end();
    await controller.stop();
  });
  afterEach(() => scene.gateway.faults.clear());

  const api = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    scene.resource(
      'RestApi',
      name,
      { ...minimal.RestApi, displayName: name, context: `/${name}` },
      { labels },
    );
  const many = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
  const stateAt = async (name: string, gateway: string) =>
    (await scene.get('RestApi', name))?.status?.gateways?.find((entry) => entry.name === gateway)?.state;

  it('is nobody at a gateway that answers 500 to more resources than are tried at once', async () => {
    const poison = scene.gateway.faults.add({
      path: /^\/rest-apis\/poison-/,
      status: 500,
      body: '{"status":"error","message":"an unexpected error"}',
    });
    const bad = many('poison', 20);
    const good = many('good', 5);
    await scene.apply(...bad.map((name) => api(name)), ...good.map((name) => api(name)));
    for (const name of good) await scene.until('RestApi', name, 'Ready', 'True');
    for (const name of bad) await scene.until('RestApi', name, 'Ready', 'False', 'Unavailable');
    expect(poison.taken).to.be.at.least(bad.length);
    const gateway = await scene.get(apiGateway, 'main');
    const reachable = gateway?.status?.conditions?.find(({ type }) => type === 'Reachable');
    expect(reachable?.status).to.equal('True');
    poison.remove();
    for (const name of bad) await scene.until('RestApi', name, 'Ready', 'True');
  });

  it('is nobody beside a resource whose Secret we may not even ask for', async () => {
    await scene.apply(
      scene.resource('ManagedSecret', 'odd', {
        displayName: 'odd',
        value: { valueFrom: { name: forbidden, key: 'k' } },
      }),
      api('beside'),
    );
    await scene.until('RestApi', 'beside', 'Ready', 'True');
    await scene.until('ManagedSecret', 'odd', 'Ready', 'False', 'Unavailable');
    const gateway = await scene.get(apiGateway, 'main');
    const reachable = gateway?.status?.conditions?.find(({ type }) => type === 'Reachable');
    expect(reachable?.status).to.equal('True');
  });

  const slow: readonly (readonly [string, (gateway: Gateway) => void, (gateway: Gateway) => void])[] = [
    [
      'takes calls and never answers any',
      (gateway) => gateway.faults.add({ connection: 'lost answer' }),
      (gateway) => expect(gateway.calls.some(({ status }) => status === 0)).to.equal(true),
    ],
    [
      'answers each call late',
      (gateway) => gateway.faults.add({ delayMs: 8000 }),
      (gateway) => expect(writes(gateway).length).to.be.lessThan(40),
    ],
  ];
  for (const [what, hinder, isBehind] of slow) {
    it(`is nobody at a healthy gateway beside one that ${what}`, async () => {
      const other = await startGateway({ api: 'v1', pollIntervalMs: 0 });
      const prefix = what.startsWith('takes') ? 'dead' : 'late';
      try {
        await scene.apply(
          scene.apiGateway('other', other, { scope: 'LabelSelector', matchLabels: { at: prefix } }),
        );
        await eventually(async () => {
          const found = await scene.get(apiGateway, 'other');
          expect(found?.status?.conditions?.find(({ type }) => type === 'Reachable')?.status).to.equal(
            'True',
          );
        });
        hinder(other);
        const names = many(prefix, 40);
        await scene.apply(...names.map((name) => api(name, { at: prefix })));
        await eventually(() => {
          const stored = scene.gateway.stored('rest-apis').map((item) => JSON.stringify(item.metadata));
          for (const name of names)
            expect(
              stored.some((one) => one.includes(`"${name}"`)),
              name,
            ).to.equal(true);
        });
        isBehind(other);
        for (const name of names.slice(0, 3))
          await eventually(async () => expect(await stateAt(name, 'main')).to.equal('Programmed'));
        other.faults.clear();
        await scene.until('RestApi', `${prefix}-39`, 'Ready', 'True');
      } finally {
        other.faults.clear();
        await scene.remove(apiGateway, 'other');
        await other.stop();
      }
    });
  }
});
