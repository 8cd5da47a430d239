import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { expect } from 'chai';
import { createKubeClient, type KubeClient, loadKubeConfig } from '../../../src/kube/client.ts';
import { createInformer, type InformerOptions } from '../../../src/kube/informer.ts';
import type { ResourceType } from '../../../src/kube/resource.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { startCluster } from '../../support/cluster/cluster.ts';
import { applyYaml, freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { eventually } from '../../unit/kube/eventually.ts';
import { Forwarder } from './forwarder.ts';
import { type ConfigMap, configMap, configMapType } from './types.ts';

describe('an informer and a real API server', () => {
  const cluster = useCluster();
  let client: KubeClient;
  let life: AbortController;
  let running: Promise<void>[];

  beforeEach(() => {
    client = createKubeClient({ kubeConfig: loadKubeConfig({ path: cluster().kubeconfig }) });
    life = new AbortController();
    running = [];
  });
  afterEach(async () => {
    life.abort();
    await Promise.all(running);
  });

  function start(options: Partial<InformerOptions<ConfigMap>>, through: KubeClient = client) {
    const dependencies = { client: through, logger: silentLogger, clock: systemClock };
    const informer = createInformer<ConfigMap>({ type: configMapType, ...options }, dependencies);
    const changes: string[] = [];
    informer.onChange(({ type, object }) => void changes.push(`${type} ${object.metadata.name}`));
    running.push(informer.run(life.signal));
    return { informer, changes };
  }

  it('holds what is there, and hears of every change', async () => {
    const namespace = await freshNamespace('informer');
    const before = await client.create(configMapType, configMap(namespace, 'a', { color: 'red' }));
    const { informer, changes } = start({ namespace, fieldSelector: 'metadata.name=a' });
    await informer.synced;
    await client.create(configMapType, configMap(namespace, 'unselected'));
    await client.replace(configMapType, { ...before, data: { color: 'blue' } });
    await eventually(() => informer.get(namespace, 'a')?.data?.color === 'blue');
    await client.delete(configMapType, namespace, 'a');
    await eventually(() => changes.length === 3);
    expect(changes).to.deep.equal(['added a', 'changed a', 'removed a']);
  });

  it('notices a type that is made later', async () => {
    const plural = `w${Date.now().toString(36)}s`;
    const type: ResourceType = {
      group: 'test.portcullis',
      version: 'v1',
      plural,
      kind: plural,
      namespaced: false,
    };
    const { informer } = start({ type });
    await applyYaml(crd(type));
    await informer.synced;
    const metadata = { name: 'first' };
    await client.create(type, { apiVersion: 'test.portcullis/v1', kind: plural, metadata });
    await eventually(() => informer.get(undefined, 'first'));
    await kubectl(['delete', 'crd', `${plural}.test.portcullis`]);
    await eventually(() => [...informer.list()].length === 0);
  });

  it('outlives the API server', async function () {
    this.timeout(120_000);
    const dataDir = await mkdtemp(join(tmpdir(), 'portcullis-informer-'));
    const forwarder = new Forwarder();
    const server = await forwarder.start();
    const first = await startCluster({ dataDir });
    forwarder.target = first.server;
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromString(first.kubeconfigText.replace(first.server, server));
    const through = createKubeClient({ kubeConfig });
    await through.create(configMapType, configMap('default', 'a'));
    const { informer } = start({ namespace: 'default' }, through);
    await informer.synced;
    await first.stop();
    forwarder.target = undefined;
    const second = await startCluster({ dataDir });
    try {
      forwarder.target = second.server;
      await through.create(configMapType, configMap('default', 'b'));
      await eventually(() => informer.get('default', 'b'), 60_000);
      expect(informer.get('default', 'a')).to.not.equal(undefined);
    } finally {
      life.abort();
      await second.stop();
      await forwarder.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});

function crd({ group, plural, kind }: ResourceType): string {
  return JSON.stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Cluster',
      names: { plural, singular: kind, kind, listKind: `${kind}List` },
      versions: [
        { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
      ],
    },
  });
}
