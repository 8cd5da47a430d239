import { KubeConfig } from '@kubernetes/client-node';
import { expect } from 'chai';
import { createKubeClient, type KubeClient, loadKubeConfig } from '../../../src/kube/client.ts';
import { KubeError } from '../../../src/kube/kube-error.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { Forwarder } from './forwarder.ts';
import { type ConfigMap, configMap, configMapType } from './types.ts';

const means = (promise: Promise<unknown>) =>
  promise.then(
    () => 'success',
    (error: unknown) => (error instanceof KubeError ? error.means : String(error)),
  );

describe('the client and a real API server', () => {
  const cluster = useCluster();
  let client: KubeClient;
  let namespace: string;

  before(async () => {
    client = createKubeClient({ kubeConfig: loadKubeConfig({ path: cluster().kubeconfig }) });
    namespace = await freshNamespace('client');
  });

  it('creates, reads, replaces and deletes', async () => {
    const created = await client.create(configMapType, configMap(namespace, 'a', { color: 'red' }));
    expect(created.metadata.uid).to.be.a('string');
    const replaced = await client.replace(configMapType, { ...created, data: { color: 'blue' } });
    expect(await client.get<ConfigMap>(configMapType, namespace, 'a')).to.deep.include({
      data: { color: 'blue' },
    });
    expect(await means(client.replace(configMapType, created))).to.equal('conflict');
    expect(await means(client.create(configMapType, configMap(namespace, 'a')))).to.equal('exists');
    const { uid = '' } = replaced.metadata;
    expect(await means(client.delete(configMapType, namespace, 'a', { uid: 'another' }))).to.equal(
      'conflict',
    );
    await client.delete(configMapType, namespace, 'a', { uid });
    expect(await client.get(configMapType, namespace, 'a')).to.equal(undefined);
    await client.delete(configMapType, namespace, 'a');
  });

  it('patches, by merge and by steps', async () => {
    await client.create(configMapType, configMap(namespace, 'b', { color: 'red', size: 'L' }));
    const patch = { data: { color: null, shape: 'round' } };
    const merged = await client.mergePatch<ConfigMap>(configMapType, namespace, 'b', patch);
    expect(merged.data).to.deep.equal({ size: 'L', shape: 'round' });
    const patched = await client.jsonPatch<ConfigMap>(configMapType, namespace, 'b', [
      { op: 'test', path: '/data/size', value: 'L' },
      { op: 'replace', path: '/data/size', value: 'M' },
    ]);
    expect(patched.data).to.deep.equal({ size: 'M', shape: 'round' });
  });

  it('applies on the server: each manager its fields, and a conflict unless forced', async () => {
    const apply = (fieldManager: string, color: string, force = false) =>
      client.apply<ConfigMap>(configMapType, configMap(namespace, 'c', { color }), { fieldManager, force });
    await apply('one', 'red');
    expect(await means(apply('two', 'blue'))).to.equal('conflict');
    expect((await apply('two', 'blue', true)).data).to.deep.equal({ color: 'blue' });
  });

  it('stores nothing in a dry run', async () => {
    await client.create(configMapType, configMap(namespace, 'dry'), { dryRun: true });
    expect(await client.get(configMapType, namespace, 'dry')).to.equal(undefined);
  });

  it('lists more than a page', async () => {
    const crowd = await freshNamespace('crowd');
    const names = Array.from({ length: 1100 }, (_, index) => `n-${index}`);
    await Promise.all(names.map((name) => client.create(configMapType, configMap(crowd, name))));
    const { items, resourceVersion } = await client.list<ConfigMap>(configMapType, { namespace: crowd });
    const ours = items.map(({ metadata }) => metadata.name).filter((name) => name.startsWith('n-'));
    expect(new Set(ours).size).to.equal(1100);
    expect(Number(resourceVersion)).to.be.greaterThan(0);
  }).timeout(60_000);

  it('reads nothing, and lists with `notFound`, where there is no such type', async () => {
    const type = {
      group: 'example.com',
      version: 'v1',
      plural: 'nothings',
      kind: 'Nothing',
      namespaced: true,
    };
    expect(await client.get(type, namespace, 'a')).to.equal(undefined);
    expect(await means(client.list(type))).to.equal('notFound');
  });

  it('asks whether a user may do something', async () => {
    await kubectl([
      'create',
      'role',
      'reader',
      '-n',
      namespace,
      '--verb=get',
      '--resource=secrets',
      '--resource-name=s',
    ]);
    await kubectl(['create', 'rolebinding', 'reader', '-n', namespace, '--role=reader', '--user=ann']);
    const mayRead = async (name: string) => {
      const resourceAttributes = { verb: 'get', group: '', resource: 'secrets', namespace, name };
      return (await client.subjectAccessReview({ user: 'ann', groups: [], resourceAttributes })).allowed;
    };
    // The authorizer reads the role from a watch of its own.
    while (!(await mayRead('s'))) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await mayRead('t')).to.equal(false);
  });

  it('asks whose token it is', async () => {
    const token = (await kubectl(['create', 'token', 'default', '-n', namespace])).trim();
    expect(await client.tokenReview(token)).to.deep.include({
      authenticated: true,
      user: `system:serviceaccount:${namespace}:default`,
    });
    expect(await client.tokenReview('nonsense')).to.deep.include({ authenticated: false });
  });

  it('makes many requests over few connections', async () => {
    const forwarder = new Forwarder();
    const server = await forwarder.start();
    forwarder.target = cluster().server;
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromString(cluster().kubeconfigText.replace(cluster().server, server));
    const pooled = createKubeClient({ kubeConfig });
    for (let time = 0; time < 50; time += 1) await pooled.list(configMapType, { namespace });
    const sequential = forwarder.accepted;
    await Promise.all(Array.from({ length: 500 }, () => pooled.list(configMapType, { namespace })));
    await forwarder.stop();
    expect(sequential).to.be.at.most(4);
    expect(forwarder.accepted).to.be.at.most(64);
  });

  it('is refused what a user may not do', async () => {
    const path = await cluster().userKubeconfig('nobody-special');
    const other = createKubeClient({ kubeConfig: loadKubeConfig({ path }) });
    expect(await means(other.list(configMapType, { namespace }))).to.equal('forbidden');
  });
});
