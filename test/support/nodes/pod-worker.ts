import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isKubeError } from '../../../src/kube/kube-error.ts';
import type { Guarded } from '../cluster/guarded.ts';
import { Container } from './container.ts';
import type { ContainerReport } from './container-state.ts';
import type { Image } from './image.ts';
import type { KubeApi } from './kube-api.ts';
import { unknownFields } from './passed-over.ts';
import { podStatus } from './pod-status.ts';
import { podType, type Pod, type PodStatus } from './pod.ts';
import { sandboxOf } from './sandbox-of.ts';
import { PodVolumes } from './pod-volumes.ts';

export interface PodDependencies {
  readonly api: KubeApi;
  readonly processes: Guarded;
  readonly images: ReadonlyMap<string, Image>;
  readonly folder: string;
  readonly etc: string;
  /** The address of the node. */
  readonly hostAddress: string;
  /** What every container is told of the cluster and of the Services of its namespace. */
  readonly given: (pod: Pod) => Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
}

const defaultGraceSeconds = 30;
const retryMs = 200;

/** One Pod from its binding to its end: what a kubelet does for it. */
export class PodWorker {
  readonly address: string;
  readonly #dependencies: PodDependencies;
  readonly #folder: string;
  readonly #going = new AbortController();
  readonly #volumes: PodVolumes;
  #pod: Pod;
  #containers: readonly Container[] = [];
  #writing: Promise<void> = Promise.resolve();
  #hasNews = false;
  #isAbandoned = false;
  #written = '';

  constructor(pod: Pod, address: string, dependencies: PodDependencies) {
    this.address = address;
    this.#dependencies = dependencies;
    this.#folder = join(dependencies.folder, pod.metadata.uid ?? '');
    this.#pod = this.#placed(pod);
    this.#volumes = new PodVolumes(join(this.#folder, 'volumes'), dependencies.api);
  }

  get logFiles(): readonly string[] {
    return this.#containers.map(({ logFile }) => logFile).filter((file) => file !== undefined);
  }

  /** Takes the newest state of the Pod. */
  update(pod: Pod): void {
    this.#pod = this.#placed(pod);
    if (pod.metadata.deletionTimestamp !== undefined) this.#going.abort();
  }

  /** Ends without a word to the API server, which may be gone. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#going.abort();
    this.#signal('SIGKILL');
  }

  /** Shows anew what volumes take from this object. */
  async refresh(kind: string, name: string): Promise<void> {
    await this.#volumes.refresh(this.#pod, kind, name);
  }

  /** Resolves when the Pod is gone. */
  async run(): Promise<void> {
    const going = this.#going.signal;
    const { spec } = this.#pod;
    const unknown = unknownFields(this.#pod);
    if (unknown.length > 0)
      this.#dependencies.log(`${this.#title} can't run: nobody here knows ${unknown.join(', ')}`);
    await mkdir(this.#folder, { recursive: true });
    this.#containers = spec.containers.map(
      (one) =>
        new Container(one, {
          pod: this.#pod,
          address: this.address,
          processes: this.#dependencies.processes,
          folder: this.#folder,
          changed: () => this.#publish(),
          sandbox: (folder) =>
            sandboxOf(this.#pod, one, folder, { ...this.#dependencies, volumes: this.#volumes, unknown }),
        }),
    );
    this.#publish();
    const deadline = this.#keepDeadline();
    await Promise.all([Promise.all(this.#containers.map((one) => one.run(going))), this.#end(going)]);
    clearTimeout(deadline);
    this.#publish();
    await this.#writing;
    if (!this.#isAbandoned) await this.#remove();
  }

  get #title(): string {
    return `Pod ${this.#pod.metadata.namespace}/${this.#pod.metadata.name}`;
  }

  #placed(pod: Pod): Pod {
    const { hostAddress } = this.#dependencies;
    return { ...pod, status: { ...pod.status, podIP: this.address, hostIP: hostAddress } };
  }

  /** Waits until the Pod is to go, and sees its containers out. */
  async #end(going: AbortSignal): Promise<void> {
    await aborted(going);
    const { metadata, spec } = this.#pod;
    const seconds =
      metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? defaultGraceSeconds;
    const killing = setTimeout(() => this.#signal('SIGKILL'), seconds * 1000);
    await Promise.all(
      this.#containers.map(async (container) => {
        const { seconds: before = 0 } = container.spec.lifecycle?.preStop?.sleep ?? {};
        if (container.report.state.running !== undefined) await sleep(Math.min(before, seconds) * 1000);
        container.signal('SIGTERM');
        while (container.report.state.running !== undefined) await sleep(20);
      }),
    );
    clearTimeout(killing);
  }

  /** What runs longer than it may is ended, for good. */
  #keepDeadline(): NodeJS.Timeout | undefined {
    const { activeDeadlineSeconds: seconds } = this.#pod.spec;
    return seconds === undefined
      ? undefined
      : setTimeout(() => this.#signal('SIGKILL'), seconds * 1000).unref();
  }

  #signal(name: NodeJS.Signals): void {
    for (const container of this.#containers) container.signal(name);
  }

  /** Writes the status soon, in one write for all that changes meanwhile. */
  #publish(): void {
    if (this.#hasNews || this.#isAbandoned) return;
    this.#hasNews = true;
    this.#writing = this.#writing.then(() => this.#write());
  }

  async #write(): Promise<void> {
    this.#hasNews = false;
    const { namespace, name } = this.#pod.metadata;
    const containers: readonly ContainerReport[] = this.#containers.map(({ report }) => report);
    const { hostAddress } = this.#dependencies;
    const status: PodStatus = podStatus(this.#pod, { containers, address: this.address, hostAddress });
    const text = JSON.stringify(status);
    if (text === this.#written) return;
    try {
      const body = { metadata: { uid: this.#pod.metadata.uid }, status };
      const options = { subresource: 'status' } as const;
      const stored: Pod = await this.#dependencies.api.client.mergePatch(
        podType,
        namespace,
        name,
        body,
        options,
      );
      this.#pod = this.#placed({ ...this.#pod, status: stored.status ?? {} });
      this.#written = text;
    } catch (error) {
      if (isKubeError(error, 'notFound')) return;
      this.#dependencies.log(`${this.#title} got no status: ${String(error)}`);
      await sleep(retryMs);
      this.#publish();
    }
  }

  async #remove(): Promise<void> {
    await this.#dependencies.api.remove(this.#pod).catch((error: unknown) => {
      if (!isKubeError(error, 'notFound', 'conflict')) throw error;
    });
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  signal.addEventListener('abort', () => resolve(undefined), { once: true });
  if (signal.aborted) return;
  await promise;
}
