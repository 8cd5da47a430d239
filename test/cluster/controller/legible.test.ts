import { expect } from 'chai';
import { table } from '../../../src/kinds/table.ts';
import { group } from '../../../src/model/generation.ts';
import { kubectl, useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { startGateway, type Gateway } from '../../support/gateway/emulator.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import { applyEverything, namesFor } from './everything.ts';
import { eventually, startScene, type Scene } from './scene.ts';

describe('what a person sees with kubectl', function () {
  this.timeout(180_000);
  const cluster = useCluster();
  let controller: RunningController;
  let scene: Scene;
  let second: Gateway;

  before(async () => {
    await installCrds();
    controller = await startController(cluster().kubeconfig, { driftIntervalMs: 1000 });
    scene = await startScene('legible', { api: 'v0.9' });
    second = await startGateway({ pollIntervalMs: 0, api: 'v0.9' });
    await scene.apply(scene.apiGateway('second', second));
    await applyEverything(scene, 'v0.9', 'canary');
  });
  after(async () => {
    await scene.end();
    await second.stop();
    await controller.stop();
  });

  const typeOf = (kind: string) => `${table.get(kind).plural}.${group}`;
  /** The one row of a table that kubectl prints, by the heads of its columns. */
  const shown = async (type: string, name: string) => {
    const [head = '', row = ''] = (await kubectl(['get', type, name, '-n', scene.namespace])).split('\n');
    const starts = [...head.matchAll(/\S+/g)].map(({ index }) => index);
    const cut = (line: string) => starts.map((from, at) => line.slice(from, starts[at + 1]).trim());
    return Object.fromEntries(cut(head).map((column, at) => [column, cut(row)[at]]));
  };
  const described = (type: string, name: string) => kubectl(['describe', type, name, '-n', scene.namespace]);

  for (const [kind, name] of namesFor('v0.9')) {
    it(`is that ${kind} ${name} is READY on 2/2 GATEWAYS, and kubectl wait ends`, async () => {
      const wait = ['wait', '--for=condition=Ready', `${typeOf(kind)}/${name}`, '-n', scene.namespace];
      await kubectl([...wait, '--timeout=60s']);
      expect(await shown(typeOf(kind), name)).to.include({
        NAME: name,
        READY: 'True',
        GATEWAYS: '2/2',
        REASON: 'Ready',
      });
    });

    it(`is when ${kind} ${name} was created, and where`, async () => {
      await eventually(async () => {
        const text = await described(typeOf(kind), name);
        for (const gateway of ['main', 'second'])
          expect(text).to.match(
            new RegExp(`Created .*gateway ${scene.namespace}/${gateway}: it was created`),
          );
      });
    });
  }

  it('is one of its columns for every kind of the table', async () => {
    for (const { plural, kind } of table.rows) {
      const path = `{.spec.versions[?(@.name=="v1")].additionalPrinterColumns[*].name}`;
      const columns = await kubectl(['get', 'crd', `${plural}.${group}`, '-o', `jsonpath=${path}`]);
      expect(columns.split(' '), kind).to.include.members(['Ready', 'Gateways', 'Reason', 'Age']);
    }
  });

  it('is why a resource is not READY and on how many gateways it is all the same, in a column and one event', async () => {
    second.faults.add({ method: 'POST', path: '/rest-apis', status: 400, body: '{"message":"not today"}' });
    const spec = { ...minimal.RestApi, displayName: 'half', context: '/half' };
    await scene.apply(scene.resource('RestApi', 'half', spec));
    await scene.until('RestApi', 'half', 'Ready', 'False', 'Refused');
    const row = { READY: 'False', GATEWAYS: '1/2', REASON: 'Refused' };
    await eventually(async () => expect(await shown(typeOf('RestApi'), 'half')).to.include(row));
    const refusals = async () => {
      const text = await kubectl(['get', 'events', '-n', scene.namespace, '-o', 'json']);
      const { items } = JSON.parse(text) as {
        items: { reason: string; message: string; involvedObject: { name: string } }[];
      };
      return items.filter(
        ({ reason, involvedObject }) => reason === 'Refused' && involvedObject.name === 'half',
      );
    };
    await eventually(async () => expect(await refusals()).to.have.length(1));
    // Said again by many attempts, it is the same news.
    for (const label of ['a', 'b', 'c'])
      await kubectl([
        'label',
        typeOf('RestApi'),
        'half',
        '-n',
        scene.namespace,
        `try=${label}`,
        '--overwrite',
      ]);
    await eventually(() => {
      const tries = second.calls.filter(({ method, path }) => method === 'POST' && path === '/rest-apis');
      expect(tries.length).to.be.at.least(3);
    });
    const [only, ...others] = await refusals();
    expect(only?.message).to.contain(`gateway ${scene.namespace}/second`).and.to.contain('not today');
    expect(others).to.deep.equal([]);
    second.faults.clear();
    await kubectl(['label', typeOf('RestApi'), 'half', '-n', scene.namespace, 'try=d', '--overwrite']);
    await scene.until('RestApi', 'half', 'Ready', 'True');
    expect(await shown(typeOf('RestApi'), 'half')).to.include({
      READY: 'True',
      GATEWAYS: '2/2',
      REASON: 'Ready',
    });
  });

  it('is when a gateway was lost, and when it was found again, with what it holds', async () => {
    const type = `apigateways.${group}`;
    await second.stop();
    await eventually(async () => {
      expect(await shown(type, 'second')).to.include({ REACHABLE: 'False' });
      expect(await described(type, 'second')).to.match(/Warning +Unreachable .*portcullis/);
    }, 60_000);
    await second.start();
    await eventually(async () => {
      expect(await shown(type, 'second')).to.include({ REACHABLE: 'True', SYNCED: 'True', FAILING: '0' });
      expect(await described(type, 'second')).to.match(/Normal +Reachable .*portcullis/);
    }, 60_000);
    await scene.until('RestApi', 'half', 'Ready', 'True');
  });
});
