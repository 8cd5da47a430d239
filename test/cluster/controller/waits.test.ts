import { expect } from 'chai';
import { kubectl, useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import { eventually, startScene, type Scene } from './scene.ts';

const prefix = 'gateway.api-platform.wso2.com';
const gateways = `apigateways.${prefix}`;

interface Event {
  readonly reason: string;
  readonly message: string;
  readonly series?: object;
  readonly involvedObject: { readonly kind: string; readonly name: string };
}

async function eventsIn(namespace: string, reason: string, name: string): Promise<readonly Event[]> {
  const { items } = JSON.parse(await kubectl(['get', 'events', '-n', namespace, '-o', 'json'])) as {
    items: readonly Event[];
  };
  return items.filter((event) => event.reason === reason && event.involvedObject.name === name);
}

const api = (scene: Scene, name: string, metadata: object = {}) =>
  scene.resource('RestApi', name, { ...minimal.RestApi, displayName: name, context: `/${name}` }, metadata);
const annotated = (key: string, value: string) => ({ annotations: { [`${prefix}/${key}`]: value } });

/** What the condition of a resource that is being deleted says. */
async function waiting(scene: Scene, kind: string, name: string, ...says: readonly string[]): Promise<void> {
  await eventually(async () => {
    const object = await scene.get(kind, name);
    expect(object?.metadata.deletionTimestamp).not.to.equal(undefined);
    const message = object?.status?.conditions?.find(({ type }) => type === 'Programmed')?.message;
    for (const word of [`gateway ${scene.namespace}/main: `, ...says]) expect(message).to.contain(word);
  });
}

describe('a deletion that has to wait', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let controller: RunningController;
  let scene: Scene;

  before(async () => {
    await installCrds();
    controller = await startController(cluster().kubeconfig, { driftIntervalMs: 1000 });
    scene = await startScene('waits', { api: 'v1' });
  });
  after(async () => {
    await scene.end();
    await controller.stop();
  });

  it('names the gateway that can not be reached, and since when, in the status and in one event', async () => {
    await scene.apply(api(scene, 'lonely'));
    await scene.until('RestApi', 'lonely', 'Ready', 'True');
    await scene.gateway.stop();
    await scene.remove('RestApi', 'lonely');
    await waiting(scene, 'RestApi', 'lonely', 'it can not be reached since 20');
    const told = async () => await eventsIn(scene.namespace, 'Unreachable', 'lonely');
    await eventually(async () => {
      const [event] = await told();
      expect(event?.message).to.contain(`gateway ${scene.namespace}/main: it can not be reached since 20`);
    });
    await controller.stop();
    controller = await startController(cluster().kubeconfig, { driftIntervalMs: 1000 });
    await waiting(scene, 'RestApi', 'lonely', 'it can not be reached since 20');
    expect((await told()).map(({ series }) => series)).to.deep.equal([undefined]);
    await scene.gateway.start();
    await scene.gone('RestApi', 'lonely');
    expect(scene.gateway.stored('rest-apis')).to.deep.equal([]);
  });

  it('names who still needs it', async () => {
    await scene.apply(
      api(scene, 'needed'),
      scene.resource('ApiKey', 'needed-key', { parentRef: { kind: 'RestApi', name: 'needed' } }),
    );
    await scene.until('ApiKey', 'needed-key', 'Ready', 'True');
    await scene.remove('RestApi', 'needed');
    await waiting(scene, 'RestApi', 'needed', `ApiKey ${scene.namespace}/needed-key still refers to it`);
    await eventually(async () => {
      expect(await eventsIn(scene.namespace, 'InUse', 'needed')).to.have.length(1);
    });
    await scene.remove('ApiKey', 'needed-key');
    await scene.gone('RestApi', 'needed');
  });

  for (const mode of ['Paused', 'Observe']) {
    it(`names the annotation where it says ${mode}`, async () => {
      await scene.apply(api(scene, 'still'));
      await scene.until('RestApi', 'still', 'Ready', 'True');
      await scene.apply(api(scene, 'still', annotated('reconcile', mode)));
      await scene.remove('RestApi', 'still');
      await waiting(scene, 'RestApi', 'still', `the annotation reconcile, which says ${mode}`);
      expect(scene.gateway.stored('rest-apis')).to.have.length(1);
      await kubectl([
        'annotate',
        `restapis.${prefix}`,
        'still',
        '-n',
        scene.namespace,
        `${prefix}/reconcile-`,
      ]);
      await scene.gone('RestApi', 'still');
      expect(scene.gateway.stored('rest-apis')).to.deep.equal([]);
    });

    it(`has nothing to wait for where nothing was ever sent, though the annotation says ${mode}`, async () => {
      await scene.apply(api(scene, 'never', annotated('reconcile', mode)));
      await scene.until('RestApi', 'never', 'Active', 'False', mode);
      await scene.remove('RestApi', 'never');
      await scene.gone('RestApi', 'never');
    });
  }

  it('does not wait for a gateway whose APIGateway is gone, and tells what is left there', async () => {
    await scene.apply(api(scene, 'left'));
    await scene.until('RestApi', 'left', 'Ready', 'True');
    await scene.gateway.stop();
    await scene.remove('RestApi', 'left');
    await waiting(scene, 'RestApi', 'left');
    await scene.remove(gateways, 'main');
    await scene.gone('RestApi', 'left');
    await eventually(async () => {
      const [event] = await eventsIn(scene.namespace, 'Orphaned', 'left');
      expect(event?.message).to.contain(`${scene.namespace}/main is gone`);
    });
    await scene.gateway.start();
    expect(scene.gateway.stored('rest-apis')).to.have.length(1);
  });
});

describe('a deletion that waits no longer than it is told to', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let controller: RunningController;
  let scene: Scene;

  before(async () => {
    await installCrds();
    const options = { driftIntervalMs: 1000, deletionTimeoutMs: 2000 };
    controller = await startController(cluster().kubeconfig, options);
    scene = await startScene('timeout', { api: 'v0.9' });
    await scene.apply(api(scene, 'lonely'), api(scene, 'observed'));
    for (const name of ['lonely', 'observed']) await scene.until('RestApi', name, 'Ready', 'True');
    await scene.apply(api(scene, 'observed', annotated('reconcile', 'Observe')));
  });
  after(async () => {
    await scene.end();
    await controller.stop();
  });

  it('ends with an event that names the gateway and why nothing was removed there', async () => {
    await scene.gateway.stop();
    await scene.remove('RestApi', 'observed');
    await scene.remove('RestApi', 'lonely');
    await scene.gone('RestApi', 'lonely');
    await eventually(async () => {
      const [event] = await eventsIn(scene.namespace, 'Orphaned', 'lonely');
      expect(event?.message)
        .to.contain('after 2s')
        .and.to.contain(`gateway ${scene.namespace}/main: it can not be reached since 20`);
    });
  });

  it('goes on where the annotation reconcile keeps it, which somebody meant', async () => {
    expect(await scene.get('RestApi', 'observed')).not.to.equal(undefined);
  });

  it('leaves an orphan, which is deleted when the gateway is back', async () => {
    await scene.gateway.start();
    await eventually(() => {
      const names = scene.gateway.stored('rest-apis') as unknown as { metadata: { name: string } }[];
      expect(names.map(({ metadata }) => metadata.name)).to.deep.equal(['observed']);
    }, 60_000);
  });

  it('ends by force, and what was not to be written to is left there for good', async () => {
    const forced = [`restapis.${prefix}`, 'observed', '-n', scene.namespace, `${prefix}/force-delete=true`];
    await kubectl(['annotate', ...forced]);
    await scene.gone('RestApi', 'observed');
    const lists = () => scene.gateway.calls.filter(({ path }) => path === '/subscriptions').length;
    const before = lists();
    await eventually(() => expect(lists()).to.be.at.least(before + 4));
    expect(scene.gateway.stored('rest-apis')).to.have.length(1);
    scene.gateway.tamper.remove('rest-apis', 'observed');
  });

  it('goes on for a Secret that others need', async () => {
    const upstream = { main: { url: 'http://h/{{ secret "token" }}' } };
    await scene.apply(
      scene.resource('Secret', 'token', { displayName: 'token', value: 'abc' }),
      scene.resource('RestApi', 'renders', { ...minimal.RestApi, displayName: 'r', context: '/r', upstream }),
      scene.resource('RestApi', 'parent', { ...minimal.RestApi, displayName: 'p', context: '/p' }),
      scene.resource('ApiKey', 'child', { parentRef: { kind: 'RestApi', name: 'parent' } }),
    );
    for (const name of ['renders', 'parent']) await scene.until('RestApi', name, 'Ready', 'True');
    await scene.until('ApiKey', 'child', 'Ready', 'True');
    await scene.remove('Secret', 'token');
    await scene.remove('RestApi', 'parent');
    await scene.gone('RestApi', 'parent');
    await waiting(scene, 'Secret', 'token', `RestApi ${scene.namespace}/renders still refers to it`);
    expect(scene.gateway.stored('secrets')).to.have.length(1);
    await scene.remove('RestApi', 'renders');
    await scene.gone('Secret', 'token');
  });

  it('ends for an APIGateway that takes its resources along, too', async () => {
    const { annotations } = annotated('deletion-policy', 'Delete');
    await scene.apply(scene.apiGateway('main', scene.gateway, undefined, { annotations }));
    await eventually(async () => {
      expect((await scene.get(gateways, 'main'))?.metadata.finalizers).to.have.length(1);
    });
    await scene.gateway.stop();
    await scene.remove(gateways, 'main');
    await scene.gone(gateways, 'main');
    await eventually(async () => {
      const [event] = await eventsIn(scene.namespace, 'Orphaned', 'main');
      expect(event?.message).to.contain('after 2s');
    });
    await scene.gateway.start();
  });
});
