import { backoffMs } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { KubeClient, ListOptions } from './client.ts';
import { isKubeError } from './kube-error.ts';
import type { BareObject, ResourceType } from './resource.ts';
import { isAborted } from '../runtime/lifetime.ts';

/** Where the news goes. */
export interface Mirror<T> {
  /** What is kept of an object; of those that are replaced, removed or changed the rest has gone already. */
  readonly trim: (object: T) => T;
  replaced(objects: readonly T[]): void;
  changed(object: T): void;
  removed(object: T): void;
  /** The cluster doesn't know the type; `lasting` once it has said so several times. */
  absent(lasting: boolean): void;
  /** We may not read it. True where somebody says so, and it is to be listed anew as soon as we may. */
  refused(error: unknown): boolean;
}

interface ReflectorOptions extends ListOptions {
  readonly type: ResourceType;
  readonly idleMs?: number;
}

interface ReflectorDependencies {
  readonly client: Pick<KubeClient, 'within'>;
  readonly logger: Logger;
  readonly clock: Clock;
}

const retry = { baseMs: 500, capMs: 30_000 };

/** A watch that held for so long was a good one; its end is no reason to wait. */
const goodWatchMs = 5000;

/**
 * An API server that starts may answer 404 for a moment before it has read its CRDs, so one 404 doesn't yet mean that
 * the objects are gone.
 */
const absentAfter = 3;

/** A type that appears is noticed within so long. */
const absentPauseMs = 5000;

/** The server sends a bookmark about once a minute (its watch cache's default), so this much silence is no life. */
const defaultIdleMs = 150_000;

/** As client-go: between 5 and 10 minutes, so that the watches of many processes don't end together. */
function watchSeconds(): number {
  return Math.floor(300 * (1 + Math.random()));
}

/** Keeps a mirror true: list, watch from there, again and again, whatever breaks. */
export class Reflector<T extends BareObject> {
  readonly #type: ResourceType;
  readonly #selection: ListOptions;
  readonly #idleMs: number;
  readonly #dependencies: ReflectorDependencies;
  readonly #mirror: Mirror<T>;
  /** The state that the mirror is in; undefined means that it must be listed. */
  #resourceVersion: string | undefined;
  #failures = 0;
  #absences = 0;

  constructor(options: ReflectorOptions, dependencies: ReflectorDependencies, mirror: Mirror<T>) {
    const { type, namespace, labelSelector, fieldSelector, idleMs = defaultIdleMs } = options;
    this.#type = type;
    this.#selection = { namespace, labelSelector, fieldSelector };
    this.#idleMs = idleMs;
    this.#dependencies = dependencies;
    this.#mirror = mirror;
  }

  async run(signal: AbortSignal): Promise<void> {
    const client = this.#dependencies.client.within({ signal });
    while (!signal.aborted) {
      const since = this.#dependencies.clock.monotonicMs();
      const failure = await this.#round(client, signal);
      if (isAborted(signal)) break;
      await this.#pause(failure, this.#dependencies.clock.monotonicMs() - since, signal);
    }
  }

  /** One list, if need be, and one watch to its end. Returns what broke it, if anything did. */
  async #round(client: KubeClient, signal: AbortSignal): Promise<unknown> {
    try {
      this.#resourceVersion ??= await this.#list(client);
      await this.#follow(client, this.#resourceVersion, signal);
      return undefined;
    } catch (error) {
      return error;
    }
  }

  async #list(client: KubeClient): Promise<string> {
    const { items, resourceVersion } = await client.list<T>(this.#type, {
      ...this.#selection,
      keep: this.#mirror.trim,
    });
    this.#mirror.replaced(items);
    this.#absences = 0;
    return resourceVersion;
  }

  async #follow(client: KubeClient, resourceVersion: string, signal: AbortSignal): Promise<void> {
    const options = {
      ...this.#selection,
      resourceVersion,
      timeoutSeconds: watchSeconds(),
      idleMs: this.#idleMs,
    };
    for await (const event of client.watch<T>(this.#type, options, signal)) {
      this.#failures = 0;
      if (event.type === 'BOOKMARK') this.#resourceVersion = event.resourceVersion;
      else {
        const object = this.#mirror.trim(event.object);
        if (event.type === 'DELETED') this.#mirror.removed(object);
        else this.#mirror.changed(object);
        this.#resourceVersion = event.object.metadata.resourceVersion;
      }
    }
  }

  /** After a watch that lived and ended in good order none; otherwise longer with every failure. */
  async #pause(failure: unknown, livedMs: number, signal: AbortSignal): Promise<void> {
    if (livedMs >= goodWatchMs) this.#failures = 0;
    if (failure === undefined && livedMs >= goodWatchMs) return;
    this.#failures += 1;
    const retryMs = Math.max(backoffMs(this.#failures, retry), retryAfter(failure));
    if (failure !== undefined) this.#learn(failure, retryMs);
    const limitMs = this.#absences > 0 ? absentPauseMs : Infinity;
    await this.#dependencies.clock.sleep(Math.min(retryMs, limitMs), signal);
  }

  #learn(failure: unknown, retryMs: number): void {
    const { logger } = this.#dependencies;
    if (isKubeError(failure, 'expired')) {
      this.#resourceVersion = undefined;
      logger.debug({ reason: failure.reason }, 'the watch is too old, so everything is listed again');
    } else if (isKubeError(failure, 'notFound')) {
      this.#resourceVersion = undefined;
      this.#absences += 1;
      this.#mirror.absent(this.#absences >= absentAfter);
      if (this.#absences === 1) logger.info({}, 'the cluster does not know this type, which is waited for');
    } else if (isKubeError(failure, 'forbidden') && this.#mirror.refused(failure)) {
      this.#resourceVersion = undefined;
      logger.debug(
        { error: failure, attempt: this.#failures, retryMs },
        'it may not be read, which is tried again',
      );
    } else {
      // The first break of a watch is ordinary: connections end.
      const level = this.#failures === 1 ? 'debug' : 'warn';
      logger[level](
        { error: failure, attempt: this.#failures, retryMs },
        'could not list or watch, which is tried again',
      );
    }
  }
}

function retryAfter(error: unknown): number {
  return isKubeError(error) ? (error.retryAfterMs ?? 0) : 0;
}
