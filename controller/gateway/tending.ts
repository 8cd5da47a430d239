import type { KubeClient } from '../../src/kube/client.ts';
import { finalizer } from '../../src/model/annotations.ts';
import { isFromPlatform } from '../../src/model/platform-operator.ts';
import { backoffMs } from '../../src/runtime/backoff.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import { durationText } from '../../src/runtime/setting.ts';
import type { KubeObject, ResourceType } from '../../src/kube/resource.ts';
import { mayBeThere } from '../../src/model/standing.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { deletesWithGateway } from '../../src/compare/asked-for.ts';
import { asStored } from '../cluster/stored.ts';
import type { Events } from '../events.ts';
import { controllerName, type ControllerMetrics } from '../metrics.ts';
import { WorkQueue } from '../queue.ts';
import { QueueMeter } from '../queue-meter.ts';
import type { ReconcileResult } from '../runtime-metrics.ts';
import type { Shares } from '../shards/shares.ts';
import type { Book } from '../status/book.ts';
import { waitLeftMs } from '../status/deadline.ts';
import { countReconcile } from './part-metrics.ts';
import { addFinalizer, removeFinalizer } from '../status/finalizer.ts';

interface Options {
  /** How long a deletion is waited for; undefined: without an end. */
  readonly deletionTimeoutMs: number | undefined;
  /** Whether the platform's own operator keeps its own finalizers. */
  readonly besidePlatformOperator: boolean;
}

interface Dependencies {
  readonly shares: Shares;
  readonly client: KubeClient;
  readonly cluster: Cluster;
  readonly book: Book;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly events: Events;
  readonly type: ResourceType;
  readonly metrics: ControllerMetrics;
}

/**
 * Holds back the deletion of an APIGateway that is to take its resources along (annotation deletion-policy: Delete)
 * until nothing of them is left there. Any other gateway is just forgotten, and bears no finalizer of ours.
 */
export class Tending {
  readonly #options: Options;
  readonly #deps: Dependencies;
  readonly #queue: WorkQueue;
  readonly #controller: string;
  readonly #attempts = new Map<string, number>();

  constructor(options: Options, dependencies: Dependencies) {
    this.#options = options;
    this.#deps = dependencies;
    const { clock, metrics, type } = dependencies;
    this.#controller = controllerName(type.kind);
    const meter = new QueueMeter({ clock, metrics: metrics.runtime, controllerOf: () => this.#controller });
    const serves = (controller: string) => controller === this.#controller;
    metrics.runtime.queues.set(type.kind, { meter, workers: 1, serves });
    this.#queue = new WorkQueue({ clock, watch: meter });
  }

  request(gateway: string): void {
    this.#queue.add(gateway);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { shares } = this.#deps;
    await this.#queue.run(1, (key) => shares.during(key, 'work', () => this.#work(key)), signal);
  }

  async #work(key: string): Promise<void> {
    const startedAtMs = this.#deps.clock.monotonicMs();
    const count = (result: ReconcileResult) =>
      countReconcile(this.#deps, this.#controller, result, startedAtMs);
    try {
      const againMs = await this.#tend(key);
      this.#attempts.delete(key);
      if (againMs !== undefined) this.#queue.addAfter(key, againMs);
      count(againMs === undefined ? 'success' : 'requeue_after');
    } catch (error) {
      count('error');
      const attempt = (this.#attempts.get(key) ?? 0) + 1;
      this.#attempts.set(key, attempt);
      this.#deps.logger.warn({ gateway: key, attempt, error }, 'The finalizer of a gateway was not kept');
      this.#queue.addAfter(key, backoffMs(attempt, { baseMs: 500, capMs: 30_000 }));
    }
  }

  /** @returns after how long it is to be looked at again; undefined where news will tell */
  async #tend(key: string): Promise<number | undefined> {
    const { client, cluster, type } = this.#deps;
    const [namespace, name = ''] = key.split('/');
    const gateway = cluster.gatewayInformer.get(namespace, name);
    if (gateway === undefined) return undefined;
    const going = gateway.metadata.deletionTimestamp !== undefined;
    const isHeld = (gateway.metadata.finalizers ?? []).includes(finalizer);
    const inherits = !this.#options.besidePlatformOperator && isFromPlatform(gateway);
    if (deletesWithGateway(gateway)) {
      if (!going) await addFinalizer(client, type, gateway);
      else if (isHeld || inherits) {
        const leftMs = this.#waitMs(gateway, key);
        if (leftMs > 0) return leftMs === Infinity ? undefined : leftMs;
        await this.#release(gateway, inherits);
      }
    } else if (isHeld || (going && inherits)) await this.#release(gateway, going && inherits);
    return undefined;
  }

  /** Whoever installed the gateway itself with the platform's operator has it still: that is none of our work. */
  async #release(gateway: KubeObject, inherits: boolean): Promise<void> {
    const { client, events, type } = this.#deps;
    const message = "what the platform's operator installed for it is left, as that operator is gone";
    if (inherits) events.record(asStored(gateway), { type: 'Warning', reason: 'Orphaned', message });
    await removeFinalizer(client, type, gateway, { withPlatforms: inherits });
  }

  /** For how long its deletion is held back still; Infinity: until nothing is left there. */
  #waitMs(gateway: KubeObject, key: string): number {
    if (!this.#holdsAnything(key)) return 0;
    const { deletionTimeoutMs } = this.#options;
    const { deletionTimestamp } = gateway.metadata;
    const leftMs = waitLeftMs(deletionTimestamp, deletionTimeoutMs, this.#deps.clock.now());
    if (leftMs > 0) return leftMs;
    const message = `after ${durationText(deletionTimeoutMs ?? 0)}, which is the longest wait, what could not be removed is left there`;
    this.#deps.events.record(asStored(gateway), { type: 'Warning', reason: 'Orphaned', message });
    return 0;
  }

  #holdsAnything(key: string): boolean {
    const { cluster, book } = this.#deps;
    for (const { resource } of cluster.all()) if (mayBeThere(book.entry(resource, key))) return true;
    return false;
  }
}
