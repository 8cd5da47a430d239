import { expect } from 'chai';
import { documentOf } from '../../../src/model/document.ts';
import { markOf } from '../../../src/model/mark.ts';
import { table } from '../../../src/kinds/table.ts';
import type { Condition } from '../../../src/model/status.ts';
import { kubectl, useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import { eventually, startScene, writes, type Scene } from './scene.ts';

const prefix = 'gateway.api-platform.wso2.com';
const gateways = `apigateways.${prefix}`;
const apis = `restapis.${prefix}`;

/** One more than may always go. */
const names = Array.from({ length: 11 }, (_, index) => `api-${index}`);
const staying = 'stays';

interface GatewayStatus {
  readonly conditions?: readonly Condition[];
  readonly removals?: { readonly held?: number; readonly allowed?: number; readonly used?: number };
}

describe('a change by which a gateway would lose much at once', function () {
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
    scene = await startScene('removals', { api: 'v1' });
    await select('shop');
    await scene.apply(...[staying, ...names].map(api));
    for (const name of names) await scene.until('RestApi', name, 'Ready', 'True');
    await scene.until('RestApi', staying, 'Ready', 'True');
  });
  after(async () => {
    await scene.end();
    await controller.stop();
  });
  beforeEach(() => scene.gateway.clearCalls());

  const api = (name: string) =>
    scene.resource(
      'RestApi',
      name,
      { ...minimal.RestApi, displayName: name, context: `/${name}` },
      {
        labels:
          name === staying
            ? { app: 'shop', team: 'a', of: scene.namespace }
            : { app: 'shop', of: scene.namespace },
      },
    );
  /** Makes the gateway take what bears the label; an annotation that was there before stays. */
  const select = async (app: string, annotations: object = {}) => {
    const selector =
      app === 'team-a'
        ? { scope: 'LabelSelector', matchLabels: { team: 'a', of: scene.namespace } }
        : { scope: 'LabelSelector', matchLabels: { app, of: scene.namespace } };
    await scene.apply(scene.apiGateway('main', scene.gateway, selector, { annotations }));
  };
  const allow = (number: number) => ({ [`${prefix}/allow-removal`]: String(number) });
  const status = async (): Promise<GatewayStatus> =>
    JSON.parse(
      await kubectl(['get', gateways, 'main', '-n', scene.namespace, '-o', 'jsonpath={.status}']),
    ) as GatewayStatus;
  const held = async (is: 'True' | 'False', says = '') =>
    await eventually(async () => {
      const now = await status();
      const condition = now.conditions?.find(({ type }) => type === 'RemovalHeld');
      expect(condition?.status, JSON.stringify(now)).to.equal(is);
      expect(condition?.message).to.contain(says);
      return now;
    });
  const comparisons = async (count: number) => {
    const lists = () =>
      scene.gateway.calls.filter(({ path, query }) => path === '/subscriptions' && query === '').length;
    const before = lists();
    await eventually(() => expect(lists()).to.be.at.least(before + count));
  };
  const standing = () => scene.gateway.stored('rest-apis').length;

  it('is held, and the APIGateway, each resource and one event say so, with the way out', async () => {
    await select('team-a');
    const said = await held('True', `11 of the 12 resources that it holds`);
    expect(said.removals).to.deep.equal({ held: 11 });
    expect(JSON.stringify(said.conditions)).to.contain('allow-removal: \\"11\\"');
    for (const name of names) {
      await eventually(async () => {
        const object = await scene.get('RestApi', name);
        expect(object?.status?.gateways?.[0]).to.include({ state: 'Removing', reason: 'RemovalHeld' });
      });
    }
    await comparisons(3);
    expect(writes(scene.gateway)).to.deep.equal([]);
    const told = async () => {
      const events = JSON.parse(await kubectl(['get', 'events', '-n', scene.namespace, '-o', 'json'])) as {
        items: { reason: string; count?: number; series?: object; involvedObject: { kind: string } }[];
      };
      return events.items
        .filter(({ reason, involvedObject: { kind } }) => reason === 'RemovalHeld' && kind === 'APIGateway')
        .map(({ series }) => series);
    };
    await eventually(async () => expect(await told()).to.deep.equal([undefined]));
  });

  it('is held after a restart too', async () => {
    await controller.stop();
    await start();
    await comparisons(3);
    await held('True');
    expect(writes(scene.gateway)).to.deep.equal([]);
  });

  it('has not happened where it is undone', async () => {
    await select('shop');
    for (const name of names) await scene.until('RestApi', name, 'Ready', 'True');
    await held('False');
    expect(writes(scene.gateway)).to.deep.equal([]);
  });

  it('is held where it comes one label at a time', async () => {
    await kubectl(['label', apis, '-n', scene.namespace, ...names, 'app-']);
    await held('True', '11 of the 12');
    expect(standing()).to.equal(12);
  });

  it('is held where fewer were released', async () => {
    await select('shop', allow(5));
    await held('True', 'it says "5", which is too few');
    await comparisons(2);
    expect(standing()).to.equal(12);
  });

  it('goes through to its end where so many were released', async () => {
    await select('shop', allow(11));
    await eventually(() => expect(standing()).to.equal(1));
    const after = await held('False');
    await eventually(async () => {
      expect((await status()).removals).to.deep.equal({ held: 0, allowed: 11, used: 11 });
    });
    expect(after.removals?.held).to.equal(0);
  });

  it('is held the next time, though the annotation still stands there', async () => {
    await kubectl(['label', apis, '-n', scene.namespace, ...names, 'app=shop']);
    await eventually(() => expect(standing()).to.equal(12));
    await select('team-a', allow(11));
    await held('True', 'it says "11", of which 11 are used up');
    expect(standing()).to.equal(12);
    await select('shop');
    await held('False');
  });

  it('is nothing that people delete themselves', async () => {
    await kubectl(['delete', apis, '-n', scene.namespace, ...names, '--wait=false']);
    await eventually(() => expect(standing()).to.equal(1));
    for (const name of names) await scene.gone('RestApi', name);
  });

  it('is also that many orphans would be deleted', async () => {
    const system = await kubectl(['get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}']);
    const row = table.get('RestApi');
    // All at once, as the comparison sees it: the first few alone would be less than what is held.
    const unseen = scene.gateway.faults.add({ method: 'GET', path: '/rest-apis', status: 503 });
    for (const name of names) {
      const owner = { cluster: system, kind: row.kind, namespace: scene.namespace, name };
      const spec = { ...minimal.RestApi, displayName: name, context: `/${name}` };
      const mark = markOf(owner);
      const document = documentOf(row, {
        name,
        labels: {},
        annotations: {},
        spec,
        generation: 'v1',
        mark,
        expiresAt: undefined,
        idOf: () => undefined,
      });
      await fetch(`${scene.gateway.url}/api/management/v1/rest-apis`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/json' },
        body: JSON.stringify(document),
      });
    }
    unseen.remove();
    await held('True', '11 of the 12');
    await comparisons(3);
    expect(standing()).to.equal(12);
    await select('shop', allow(11));
    await eventually(() => expect(standing()).to.equal(1));
    await held('False');
  });

  it('is not what happens to the resources of an APIGateway that takes them along', async () => {
    await scene.apply(...names.map(api));
    await eventually(() => expect(standing()).to.equal(12));
    await select('shop', { [`${prefix}/deletion-policy`]: 'Delete' });
    await eventually(async () => {
      expect((await scene.get(gateways, 'main'))?.metadata.finalizers).to.have.length(1);
    });
    await scene.remove(gateways, 'main');
    await scene.gone(gateways, 'main');
    expect(standing()).to.equal(0);
  });
});
