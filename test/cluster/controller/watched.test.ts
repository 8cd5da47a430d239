import { expect } from 'chai';
import { finalizer, markAnnotation } from '../../../src/model/annotations.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { answeredWith } from '../../../src/kube/kube-error.ts';
import { table } from '../../../src/kinds/table.ts';
import { group } from '../../../src/model/generation.ts';
import { documentOf } from '../../../src/model/document.ts';
import { markOf } from '../../../src/model/mark.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { startController, type RunningController } from '../../support/controller.ts';
import { installCrds } from '../../support/install.ts';
import { minimal } from '../../support/manifests.ts';
import { eventually, startScene, writes, type Scene, type StoredObject } from './scene.ts';

/** With an administrator's rights: what is not done here is left undone by the controller, not kept from it. */
describe('what is in a namespace that is not watched', function () {
  this.timeout(120_000);
  const cluster = useCluster();
  let controller: RunningController;
  let scene: Scene;
  let other: string;

  const start = async (watchNamespaces: readonly string[], through?: (client: KubeClient) => KubeClient) => {
    const options = { driftIntervalMs: 300, maxRemovalPercent: 100, watchNamespaces };
    controller = await startController(cluster().kubeconfig, { ...options, ...(through && { through }) });
  };
  const restart = async (...how: Parameters<typeof start>) => {
    await controller.stop();
    scene.gateway.clearCalls();
    await start(...how);
  };

  before(async () => {
    await installCrds();
    other = await freshNamespace('other');
    scene = await startScene('watched', { api: 'v1' });
    const always = { annotations: { [`${group}/adoption-policy`]: 'Always' } };
    await scene.apply(scene.apiGateway('main', scene.gateway, { scope: 'Cluster' }, always));
    await start([scene.namespace, other]);
    await scene.apply(scene.resource('RestApi', 'books', api('books')));
    await applyOther(scene.resource('RestApi', 'films', api('films')));
    await scene.until('RestApi', 'books', 'Ready', 'True');
    await eventually(async () => expect((await films())?.status?.programmed).to.equal('1/1'));
  });
  after(async () => {
    await controller.stop();
    // Those who watch everything clear up.
    await start([]);
    await kubectl(['delete', 'namespace', other, '--wait=false']);
    await scene.end();
    await controller.stop();
  });

  const api = (name: string) => ({ ...minimal.RestApi, displayName: name, context: `/${name}` });
  const applyOther = async (object: object) => {
    const { metadata, ...rest } = object as { metadata: object };
    const moved = { ...rest, metadata: { ...metadata, namespace: other } };
    await kubectl(['apply', '-n', other, '-f', '-'], JSON.stringify(moved));
  };
  const films = async () => {
    const text = await kubectl(['get', 'restapis', 'films', '-n', other, '-o', 'json', '--ignore-not-found']);
    return text === '' ? undefined : (JSON.parse(text) as StoredObject);
  };
  const comparisons = async (count: number) => {
    const lists = () =>
      scene.gateway.calls.filter(({ path, method }) => method === 'GET' && path === '/subscriptions').length;
    const before = lists();
    await eventually(() => expect(lists()).to.be.at.least(before + count));
  };
  const handles = () =>
    scene.gateway
      .stored('rest-apis')
      .map((item) => (item as { metadata: { name: string } }).metadata.name)
      .toSorted();
  const put = async (namespace: string, name: string) => {
    const row = table.get('RestApi');
    const uid = await kubectl(['get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}']);
    const document = documentOf(row, {
      name,
      labels: {},
      annotations: {},
      spec: api(name),
      generation: 'v1',
      mark: markOf({ cluster: uid, kind: row.kind, namespace, name }),
      expiresAt: undefined,
      idOf: (_, id) => id,
    });
    const answer = await fetch(`${scene.gateway.url}/api/management/v1${row.collection.path}`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/json' },
      body: JSON.stringify(document),
    });
    expect(answer.status, await answer.text()).to.equal(201);
  };
  const eventsOf = async (name: string, namespace = other) =>
    await kubectl([
      'get',
      'events',
      '-n',
      namespace,
      '-o',
      `jsonpath={.items[?(@.regarding.name=="${name}")].message}{.items[?(@.involvedObject.name=="${name}")].message}`,
    ]);

  it('stays at the gateway when the namespace leaves the list, and its status stays as it was', async () => {
    const before = await films();
    await restart([scene.namespace]);
    await put(other, 'unknown');
    await put(scene.namespace, 'lost');
    await eventually(() => expect(handles()).to.deep.equal(['books', 'films', 'unknown']));
    await comparisons(4);
    expect(handles()).to.deep.equal(['books', 'films', 'unknown']);
    expect(writes(scene.gateway).filter((call) => !call.startsWith('POST'))).to.deep.equal([
      'DELETE /rest-apis/lost',
    ]);
    expect(await films()).to.deep.equal(before);
  });

  it('keeps its place at the gateway, even from one who may take those of the lost', async () => {
    const annotations = { [`${group}/adoption-policy`]: 'Always' };
    await scene.apply(scene.resource('RestApi', 'unknown', api('unknown'), { annotations }));
    await scene.until('RestApi', 'unknown', 'Ready', 'False');
    await comparisons(2);
    expect(JSON.stringify(scene.gateway.stored('rest-apis'))).to.contain(`/RestApi/${other}/unknown`);
    await scene.remove('RestApi', 'unknown');
    await scene.gone('RestApi', 'unknown');
    expect(handles()).to.contain('unknown');
  });

  it('is served again, with nothing written, when the namespace is in the list again', async () => {
    await restart([scene.namespace, other]);
    // Nobody stands for it, and that is known now.
    await eventually(() => expect(handles()).to.deep.equal(['books', 'films']));
    expect(writes(scene.gateway)).to.deep.equal(['DELETE /rest-apis/unknown']);
    expect((await films())?.status?.programmed).to.equal('1/1');
  });

  it('is waited for while it can not be read, gateways included', async () => {
    let isRefused = true;
    const refusing = (client: KubeClient): KubeClient => ({
      ...client,
      within: (limits) => refusing(client.within(limits)),
      list: async (type, options) => {
        if (isRefused && options?.namespace === scene.namespace)
          throw answeredWith('list', 403, { reason: 'Forbidden' });
        return await client.list(type, options);
      },
    });
    await restart([scene.namespace, other], refusing);
    await kubectl(['delete', 'restapi', 'films', '-n', other, '--wait=false']);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await films())?.metadata.finalizers).to.deep.equal([finalizer]);
    expect(await eventsOf('films')).to.not.contain('is left there');
    isRefused = false;
    await eventually(async () => expect(await films()).to.equal(undefined), 60_000);
    expect(handles()).to.deep.equal(['books']);
  });

  it('is, for a gateway, as good as gone: what it holds is left there, and an event says so', async () => {
    await restart([scene.namespace, other]);
    await applyOther(scene.resource('RestApi', 'films', api('films')));
    await eventually(async () => expect((await films())?.status?.programmed).to.equal('1/1'));
    await restart([other]);
    await eventually(async () =>
      expect(await eventsOf('films')).to.contain('is in a namespace that is not watched'),
    );
    await kubectl(['delete', 'restapi', 'films', '-n', other, '--timeout=30s']);
    expect(handles()).to.deep.equal(['books', 'films']);
    expect(JSON.stringify(scene.gateway.stored('rest-apis'))).to.contain(markAnnotation);
  });
});
