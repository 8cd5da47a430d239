import type { KubeClient } from '../../src/kube/client.ts';
import { finalizer } from '../../src/model/annotations.ts';
import { backoffMs } from '../../src/runtime/backoff.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import { durationText } from '../../src/runtime/setting.ts';
import type { KubeObject, ResourceType } from '../../src/kube/resource.ts';
import { mayBeThere } from '../binding/outcome.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { deletesWithGateway } from '../cluster/policies.ts';
import { asStored } from '../cluster/stored.ts';
import type { Events } from '../events.ts';
import { WorkQueue } from '../queue.ts';
import type { Shares } from '../shards/shares.ts';
import type { Book } from '../status/book.ts';
import { waitLeftMs } from '../status/deadline.ts';
import { addFinalizer, removeFinalizer } from '../status/finalizer.ts';

interface Options {
  /** How long a deletion is waited for; undefined: without an end. */
  readonly deletionTimeoutMs: number | undefined;
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
}

/**
 * Holds back the deletion of an APIGateway that is to take its resources along (annotation deletion-policy: Delete)
 * until nothing of them is left there. Any other gateway is just forgotten, and bears no finalizer of ours.
 */
export class Tending {
  readonly #options: Options;
  readonly #deps: Dependencies;
  readonly #queue: WorkQueue;
  readonly #attempts = new Map<string, number>();

  constructor(options: Options, dependencies: Dependencies) {
    this.#options = options;
    this.#deps = dependencies;
    this.#queue = new WorkQueue(dependencies);
  }

  request(gateway: string): void {
    this.#queue.add(gateway);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { shares } = this.#deps;
    await this.#queue.run(1, (key) => shares.during(key, 'work', () => this.#work(key)), signal);
  }

  async #work(key: string): Promise<void> {
    try {
      await this.#tend(key);
      this.#attempts.delete(key);
    } catch (error) {
      const attempt = (this.#attempts.get(key) ?? 0) + 1;
      this.#attempts.set(key, attempt);
      this.#deps.logger.warn({ gateway: key, attempt, error }, 'The finalizer of a gateway was not kept');
      this.#queue.addAfter(key, backoffMs(attempt, { baseMs: 500, capMs: 30_000 }));
    }
  }

  async #tend(key: string): Promise<void> {
    const { client, cluster, type } = this.#deps;
    const [namespace, name = ''] = key.split('/');
    const gateway = cluster.gatewayInformer.get(namespace, name);
    if (gateway === undefined) return;
    const going = gateway.metadata.deletionTimestamp !== undefined;
    const isHeld = (gateway.metadata.finalizers ?? []).includes(finalizer);
    if (deletesWithGateway(gateway)) {
      if (!going) await addFinalizer(client, type, gateway);
      else if (isHeld && this.#mayGo(gateway, key)) await removeFinalizer(client, type, gateway);
    } else if (isHeld) await removeFinalizer(client, type, gateway);
  }

  #mayGo(gateway: KubeObject, key: string): boolean {
    if (!this.#holdsAnything(key)) return true;
    const { deletionTimeoutMs } = this.#options;
    const { deletionTimestamp } = gateway.metadata;
    const leftMs = waitLeftMs(deletionTimestamp, deletionTimeoutMs, this.#deps.clock.now());
    if (leftMs > 0) {
      if (leftMs !== Infinity) this.#queue.addAfter(key, leftMs);
      return false;
    }
    const message = `after ${durationText(deletionTimeoutMs ?? 0)}, which is the longest wait, what could not be removed is left there`;
    this.#deps.events.record(asStored(gateway), { type: 'Warning', reason: 'Orphaned', message });
    return true;
  }

  #holdsAnything(key: string): boolean {
    const { cluster, book } = this.#deps;
    for (const { resource } of cluster.all()) if (mayBeThere(book.entry(resource, key))) return true;
    return false;
  }
}
