import { chmod, mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configMapType, secretType } from '../../../src/kube/core-types.ts';
import { createInformer, type Informer } from '../../../src/kube/informer.ts';
import { isKubeError } from '../../../src/kube/kube-error.ts';
import type { BareObject, ResourceType } from '../../../src/kube/resource.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { Guarded } from '../cluster/guarded.ts';
import type { AddressRange } from './address-range.ts';
import { endpointsOf, serviceType, targetOf, type ServiceObject } from './endpoints.ts';
import { makeEtc, writeHosts } from './etc-folder.ts';
import type { Image } from './image.ts';
import { kubeApi } from './kube-api.ts';
import { keepAlive, registerNode } from './node-object.ts';
import { PodWorker } from './pod-worker.ts';
import { podType, type Pod } from './pod.ts';
import { Scheduler } from './scheduler.ts';
import { serviceEnv } from './service-env.ts';
import { ServiceProxy, type Frontend } from './service-proxy.ts';

export interface NodesOptions {
  readonly cluster: Cluster;
  /** The range that the cluster's Services have, too. */
  readonly range: AddressRange;
  readonly images: ReadonlyMap<string, Image>;
  readonly log?: (line: string) => void;
}

export interface Nodes {
  /** What the containers of this Pod printed, as long as the Pod is there. */
  logsOf(namespace: string, pod: string): Promise<string>;
  /** Where every container's output is kept until the end. */
  readonly folder: string;
  /** Ends every Pod's processes, at once and without a word to the API server. */
  stop(): Promise<void>;
}

const names = ['node-a', 'node-b'];
const hostAddress = '127.0.0.1';

/**
 * Plays scheduler, kubelet and kube-proxy on two nodes: reads Pods and Services and nothing of what they are made from,
 * and lets run what they say. NetworkPolicies, limits on memory and CPU, and seccomp are not enforced.
 */
export async function startNodes({
  cluster,
  range,
  images,
  log = () => undefined,
}: NodesOptions): Promise<Nodes> {
  const api = kubeApi(cluster.kubeconfig);
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-nodes-'));
  await chmod(folder, 0o755);
  const etc = join(folder, 'etc');
  await makeEtc(etc);
  const podFolder = join(folder, 'pods');
  await mkdir(podFolder);
  const processes = new Guarded(folder, { removeFolder: true });
  const stopping = new AbortController();
  const proxy = new ServiceProxy();
  const workers = new Map<string, PodWorker>();
  const scheduler = new Scheduler(names, api);
  const begun = new Set<string>();
  const running = new Set<Promise<void>>();

  const informer = <T extends BareObject>(type: ResourceType): Informer<T> =>
    createInformer<T>({ type }, { client: api.client, logger: silentLogger, clock: systemClock });
  const pods = informer<Pod>(podType);
  const services = informer<ServiceObject>(serviceType);
  const secrets = informer(secretType);
  const configMaps = informer(configMapType);

  const given = ({ metadata, spec }: Pod) =>
    serviceEnv([...services.list()], spec.enableServiceLinks === false ? undefined : metadata.namespace);

  const runPod = async (pod: Pod) => {
    const uid = pod.metadata.uid ?? '';
    const dependencies = { api, processes, images, folder: podFolder, etc, hostAddress, given, log };
    const worker = new PodWorker(pod, range.next(), dependencies);
    workers.set(uid, worker);
    worker.update(pod);
    const run = worker.run().catch(report);
    running.add(run);
    await run;
    running.delete(run);
    workers.delete(uid);
  };
  const report = (error: unknown) => {
    if (!stopping.signal.aborted)
      log(`a node failed: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
  };
  const see = (pod: Pod) => {
    const { uid = '', deletionTimestamp } = pod.metadata;
    if (pod.spec.nodeName === undefined) {
      if (deletionTimestamp !== undefined) return;
      scheduler.place(pod, pods.list()).catch((error: unknown) => {
        if (!isKubeError(error, 'notFound', 'conflict')) report(error);
      });
      return;
    }
    const worker = workers.get(uid);
    worker?.update(pod);
    // News of a Pod may come when its worker has seen it out already.
    if (begun.has(uid)) return;
    begun.add(uid);
    runPod(pod).catch(report);
  };
  const showServices = () => {
    const all = [...services.list()];
    const frontends = all.flatMap((service) => frontendsOf(service, cluster.server, () => pods.list()));
    proxy.show(frontends).catch(report);
    writing = writing.then(() => writeHosts(etc, all)).catch(report);
  };
  let writing = Promise.resolve();

  pods.onChange(({ type, object }) => {
    if (type === 'removed') workers.get(object.metadata.uid ?? '')?.update(going(object));
    else see(object);
  });
  services.onChange(showServices);
  for (const data of [secrets, configMaps])
    data.onChange(({ object }) => {
      for (const pod of pods.list())
        if (pod.metadata.namespace === object.metadata.namespace)
          workers
            .get(pod.metadata.uid ?? '')
            ?.refresh(data.type.kind, object.metadata.name)
            .catch(report);
    });

  for (const name of names) await registerNode(api.client, name, hostAddress);
  const { signal } = stopping;
  const tasks = [
    ...[services, pods, secrets, configMaps].map((one) => one.run(signal)),
    ...names.map((name) => keepAlive(api.client, name, signal)),
  ];
  await Promise.all([services.synced, pods.synced, secrets.synced, configMaps.synced]);
  return {
    folder,
    async logsOf(namespace, name) {
      const pod = pods.get(namespace, name);
      const worker = workers.get(pod?.metadata.uid ?? '');
      const texts = (worker?.logFiles ?? []).map((file) => readFile(file, 'utf8').catch(() => ''));
      return (await Promise.all(texts)).join('');
    },
    async stop() {
      stopping.abort();
      proxy.stop();
      for (const worker of workers.values()) worker.abandon();
      await processes.stop();
      await Promise.all([...tasks, ...running]);
      await writing;
      range.release();
    },
  };
}

/** A Pod that somebody took away without waiting for its end. */
function going(pod: Pod): Pod {
  const deletionTimestamp = pod.metadata.deletionTimestamp ?? new Date().toISOString();
  return { ...pod, metadata: { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: 0 } };
}

function frontendsOf(service: ServiceObject, server: string, pods: () => Iterable<Pod>): readonly Frontend[] {
  const { metadata, spec } = service;
  const { clusterIP = '', ports = [] } = spec;
  if (clusterIP === '' || clusterIP === 'None') return [];
  const isApiServer = metadata.namespace === 'default' && metadata.name === 'kubernetes';
  const { hostname, port: serverPort } = new URL(server);
  return ports.map((port) => ({
    host: clusterIP,
    port: port.port,
    targets: () =>
      isApiServer
        ? [{ host: hostname, port: Number(serverPort) }]
        : endpointsOf(service, pods()).map((pod) => targetOf(pod, port)),
  }));
}
