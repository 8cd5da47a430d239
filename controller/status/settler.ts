import { isDeepStrictEqual } from 'node:util';
import type { KubeClient } from '../../src/kube/client.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import { finalizer } from '../../src/model/annotations.ts';
import { isFromPlatform } from '../../src/model/platform-operator.ts';
import type { BindingStatus, ResourceStatus } from '../../src/model/status.ts';
import { backoffMs } from '../../src/runtime/backoff.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import { durationText } from '../../src/runtime/setting.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';
import { isSecretHolder } from '../binding/references.ts';
import { mayBeThere } from '../../src/model/standing.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { BareObject } from '../../src/kube/resource.ts';
import { customType } from '../../src/kube/core-types.ts';
import { isForceDeleted, policiesOf, type ReconcileMode } from '../../src/compare/asked-for.ts';
import { parseResourceKey, resourceKey, type Stored, type Subject } from '../cluster/stored.ts';
import { targetsOf } from '../cluster/targets.ts';
import type { Events } from '../events.ts';
import type { ControllerMetrics } from '../metrics.ts';
import { WorkQueue } from '../queue.ts';
import type { Shares } from '../shards/shares.ts';
import type { Book } from './book.ts';
import { isUnderWay, told } from './conditions.ts';
import { waitLeftMs } from './deadline.ts';
import type { Progress } from './progress.ts';
import type { Reviewed } from '../review/reviewed.ts';
import { removeFinalizer, takeOverFinalizer } from './finalizer.ts';
import { standingEntries } from './standing.ts';
import { statusOf } from './status.ts';

/** The field manager of everything that we apply. */
export const fieldManager = 'portcullis-controller';

/** Outcomes that come within this time are told in one write. */
const gatherMs = 100;

interface Options {
  /** How long a deletion is waited for; undefined: without an end. */
  readonly deletionTimeoutMs: number | undefined;
  /** Whether the platform's own operator works on the same resources: then its finalizers are its own affair. */
  readonly besidePlatformOperator: boolean;
}

interface Dependencies {
  readonly shares: Shares;
  readonly client: KubeClient;
  readonly cluster: Cluster;
  readonly book: Book;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly events: Events;
  readonly metrics: ControllerMetrics;
  readonly progress: Progress;
  /** What review policies have to say of a resource. */
  reviewed(subject: Subject): Promise<Reviewed | undefined>;
  /** Notes that what stands at gateways for a resource is left there on purpose when it goes. */
  leave(resource: Stored): Promise<void>;
}

/** So long a change may be on its way before the status says so: in a burst that is one more write for each that waits. */
const underWayMs = 10_000;

/** The one place where the status of a resource is written, and where it is let go when nothing of it is left. */
export class Settler {
  readonly #options: Options;
  readonly #deps: Dependencies;
  readonly #queue: WorkQueue;
  readonly #attempts = new Map<string, number>();
  /** Since when a change of a resource has been on its way to a gateway, by its key and on the monotonic clock. */
  readonly #underWay = new Map<string, number>();

  constructor(options: Options, dependencies: Dependencies) {
    this.#options = options;
    this.#deps = dependencies;
    this.#queue = new WorkQueue(dependencies);
  }

  /** Asks for a resource to be settled soon. */
  request(resource: Pick<Stored, 'kind' | 'metadata'>): void {
    this.#queue.addAfter(resourceKey(resource), gatherMs);
  }

  /** Whether statuses wait to be written. */
  get isBusy(): boolean {
    return this.#queue.depth > 0;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { shares } = this.#deps;
    const work = (key: string) =>
      shares.during(parseResourceKey(key).namespace, 'news', () => this.#work(key));
    await this.#queue.run(16, work, signal);
  }

  async #work(key: string): Promise<void> {
    const subject = this.#deps.cluster.findByKey(key);
    if (subject === undefined) {
      this.#underWay.delete(key);
      return;
    }
    try {
      await this.#settle(subject);
      this.#attempts.delete(key);
    } catch (error) {
      const attempt = (this.#attempts.get(key) ?? 0) + 1;
      this.#attempts.set(key, attempt);
      const { kind, metadata } = subject.resource;
      // A conflict only says that the informer is behind.
      if (!isKubeError(error, 'conflict', 'aborted')) {
        const { namespace, name } = metadata;
        this.#deps.logger.warn({ kind, namespace, name, attempt, error }, 'A status was not written');
      }
      this.#queue.addAfter(key, 50 + backoffMs(attempt, { baseMs: 100, capMs: 30_000 }));
    }
  }

  async #settle(subject: Subject): Promise<void> {
    const { book, cluster } = this.#deps;
    const { row, resource } = subject;
    const deleting = resource.metadata.deletionTimestamp !== undefined;
    const reviewed = deleting ? undefined : await this.#deps.reviewed(subject);
    const entries = standingEntries(resource, this.#deps);
    const { wanted, former } = targetsOf(cluster, resource, entries.map(gatewayKey));
    const { mode } = policiesOf(resource, cluster.namespace(resource.metadata.namespace), undefined);
    if (deleting) {
      if (!this.#isHeld(resource)) return;
      const isUnknown = entries.some((one) => mayBeThere(one) && cluster.isOutOfSight(gatewayKey(one)));
      const isLeft = !isUnknown && former.every((gateway) => book.isRemoved(resource, gateway));
      const ending = isLeft ? undefined : this.#endingOf(subject, entries, mode);
      if (isLeft || ending !== undefined) {
        await this.#release(subject, entries, mode, ending);
        return;
      }
    }
    const situation = {
      generation: resource.metadata.generation,
      wanted,
      entries,
      tellLive: row.liveAs === undefined ? [] : wanted.filter((gateway) => cluster.tellsLive(gateway)),
      mode,
      deleting,
      reviewed,
    };
    if (isUnderWay(situation) && this.#mayWait(resource)) return;
    this.#underWay.delete(resourceKey(resource));
    const now = this.#deps.clock.now();
    const status = statusOf(resource.status, situation, book.expiryOf(resource), now);
    const written = await this.#write(subject, status);
    this.#deps.progress.reached(subject, status);
    const isReady = status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True');
    // Not before it stands everywhere: until then its finalizer tells whose it is what stands at a gateway.
    if (isReady === true && mode === 'Active' && this.#inherits(resource))
      await takeOverFinalizer(this.#deps.client, customType(row), written ?? resource);
    book.caughtUp(resource);
  }

  /** Whether its deletion waits for us. */
  #isHeld(resource: Stored): boolean {
    return (resource.metadata.finalizers ?? []).includes(finalizer) || this.#inherits(resource);
  }

  #inherits(resource: Stored): boolean {
    return !this.#options.besidePlatformOperator && isFromPlatform(resource);
  }

  /** The old status, or none, says truly which generation it is about: a word in between would be one write more. */
  #mayWait(resource: Stored): boolean {
    const now = this.#deps.clock.monotonicMs();
    const since = this.#underWay.get(resourceKey(resource)) ?? now;
    this.#underWay.set(resourceKey(resource), since);
    const left = since + underWayMs - now;
    if (left > 0) this.#queue.addAfter(resourceKey(resource), left);
    return left > 0;
  }

  /** Removing a secret in use keeps a gateway from starting again; not even force does that. */
  #isSecretInUse(subject: Subject, entries: readonly BindingStatus[]): boolean {
    const { book, cluster } = this.#deps;
    if (!isSecretHolder(subject)) return false;
    return cluster
      .dependants(subject)
      .some(({ resource }) => entries.some((entry) => mayBeThere(book.entry(resource, gatewayKey(entry)))));
  }

  /** What ends the wait of a deletion though something is left at gateways; undefined: nothing does yet. */
  #endingOf(subject: Subject, entries: readonly BindingStatus[], mode: ReconcileMode): string | undefined {
    const { resource } = subject;
    const { deletionTimestamp } = resource.metadata;
    const { deletionTimeoutMs } = this.#options;
    const { cluster } = this.#deps;
    if (this.#isSecretInUse(subject, entries)) return undefined;
    const left = entries.filter(mayBeThere).map((entry) => cluster.gateway(gatewayKey(entry)));
    if (isForceDeleted(resource, cluster.namespace(resource.metadata.namespace), left))
      return 'by force-delete';
    // Whoever said that gateways are not written to will say what is to become of it, too.
    if (mode !== 'Active') return undefined;
    const leftMs = waitLeftMs(deletionTimestamp, deletionTimeoutMs, this.#deps.clock.now());
    if (leftMs === 0) return `after ${durationText(deletionTimeoutMs ?? 0)}, which is the longest wait,`;
    if (leftMs !== Infinity) this.#queue.addAfter(resourceKey(resource), leftMs);
    return undefined;
  }

  /** Lets a resource go. What it leaves behind bears our mark, and is an orphan unless its annotation forbids writing. */
  async #release(
    { row, resource }: Subject,
    entries: readonly BindingStatus[],
    mode: ReconcileMode,
    ending: string | undefined,
  ): Promise<void> {
    const left = ending === undefined ? [] : entries.filter(mayBeThere);
    if (ending !== undefined && left.length > 0) {
      if (mode !== 'Active') await this.#deps.leave(resource);
      this.#deps.events.record(resource, {
        type: 'Warning',
        reason: 'Orphaned',
        message: `${ending} it is left on ${told(left)}`,
      });
    }
    const withPlatforms = !this.#options.besidePlatformOperator;
    await removeFinalizer(this.#deps.client, customType(row), resource, { withPlatforms });
  }

  /** @returns what is stored then; undefined where there was nothing to write */
  async #write({ row, resource }: Subject, wanted: ResourceStatus): Promise<BareObject | undefined> {
    const status = JSON.parse(JSON.stringify(wanted)) as ResourceStatus;
    if (isDeepStrictEqual(resource.status, status)) return undefined;
    const { name, namespace, resourceVersion } = resource.metadata;
    const { apiVersion, kind } = resource;
    const applied = { apiVersion, kind, metadata: { name, namespace, resourceVersion }, status };
    const written = await this.#deps.client.apply(customType(row), applied, {
      fieldManager,
      force: true,
      subresource: 'status',
    });
    this.#deps.metrics.statusWrites.inc();
    return written;
  }
}
