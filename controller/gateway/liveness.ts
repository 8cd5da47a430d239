import type { ManagementClient } from '../../src/gateway/management-client.ts';
import type { LiveStatus } from '../../src/model/status.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Outcome } from '../binding/outcome.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Stored, Subject } from '../cluster/stored.ts';
import type { ControllerMetrics } from '../metrics.ts';
import type { Shares } from '../shards/shares.ts';
import type { Book } from '../status/book.ts';
import type { Trouble } from './admin-port.ts';
import type { Shown } from './dump.ts';
import { sightingKey, sightingsOf, verdictOf, type Sightings, type Verdict } from './live-verdict.ts';
import { writeOf, WriteTimes, type Bound } from './write-times.ts';

export interface LivenessDependencies {
  readonly cluster: Pick<Cluster, 'all' | 'gateway' | 'selects' | 'tellsLive'>;
  readonly book: Pick<Book, 'entry' | 'live' | 'putLive'>;
  readonly clock: Clock;
  readonly shares: Pick<Shares, 'holds'>;
  readonly metrics: Pick<ControllerMetrics, 'liveSeconds' | 'notLive' | 'lag'>;
  /** Asks for the status of a resource to be written. */
  settle(resource: Stored): void;
}

/** Why nobody can tell what is live. */
export interface Unknown {
  readonly reason: Trouble['reason'] | 'DumpIsOff';
  readonly message: string;
}

type News = Omit<LiveStatus, 'since'>;

/** What of ours is live at one gateway: remembers what its dump showed, and judges by it what stands there. */
export class Liveness {
  readonly #key: string;
  readonly #deps: LivenessDependencies;
  readonly #times = new WriteTimes();
  /** When we wrote what has not been seen live since, by the monotonic clock. */
  readonly #writtenAtMs = new Map<string, number>();
  #seen: Sightings | undefined;
  #unknown: Unknown | undefined;
  #pending = 0;

  /** `key`: `namespace/name` of the APIGateway. */
  constructor(key: string, dependencies: LivenessDependencies) {
    this.#key = key;
    this.#deps = dependencies;
  }

  /** How many resources stand there and are not live yet, as far as is known. */
  get pending(): number {
    return this.#pending;
  }

  /** Whether anything of ours stands there of which it can be told. */
  get hasBound(): boolean {
    return this.#bound().length > 0;
  }

  /** Notes how an attempt ended; true where there is something to find out now. */
  attempted({ row, resource }: Subject, outcome: Outcome): boolean {
    const { book, clock, cluster } = this.#deps;
    if (row.liveAs === undefined || outcome.is !== 'programmed' || !cluster.tellsLive(this.#key))
      return false;
    const isWritten = outcome.did === 'created' || outcome.did === 'replaced';
    if (!isWritten) return book.live(resource, this.#key) === undefined;
    this.#writtenAtMs.set(resource.metadata.uid, clock.monotonicMs());
    const isKnown = this.#unknown === undefined;
    if (isKnown) this.#pending += 1;
    const since = outcome.standing.lastSyncTime ?? clock.now().toISOString();
    const news: News = this.#unknown === undefined ? { state: 'Pending' } : unknown(this.#unknown);
    book.putLive(resource, this.#key, { ...news, since });
    return isKnown;
  }

  /** Takes what a dump shows; `judge` says what follows from it. */
  sees(apis: readonly Shown[]): void {
    this.#seen = sightingsOf(apis);
    this.#unknown = undefined;
  }

  /** What was seen may not be so any more: it may be another gateway. */
  forget(): void {
    this.#seen = undefined;
    this.#unknown = undefined;
  }

  /** There is nobody to ask, and so nothing is said. */
  nowhere(): void {
    this.forget();
    this.#count([]);
    const { book } = this.#deps;
    for (const {
      subject: { resource },
    } of this.#bound()) {
      if (book.live(resource, this.#key) === undefined) continue;
      book.putLive(resource, this.#key, undefined);
      this.#deps.settle(resource);
    }
  }

  /**
   * Nobody can tell, and this is why. What was seen live stays so unless that is for good: nothing was written since,
   * and 5 000 statuses are not written because a gateway restarts or a password changes.
   */
  cannotTell(why: Unknown): void {
    this.#unknown = why;
    const isPassing = why.reason !== 'DumpIsOff';
    for (const one of this.#bound()) {
      const state = this.#deps.book.live(one.subject.resource, this.#key)?.state;
      if (!isPassing || (state !== 'Live' && state !== 'Undeployed')) this.#tell(one, unknown(why));
    }
    this.#count([]);
  }

  /** Says of everything that stands there whether it is live, by the dump that was seen last. */
  async judge(client: ManagementClient, signal: AbortSignal): Promise<void> {
    const seen = this.#seen;
    if (seen === undefined || this.#unknown !== undefined) return;
    const times = this.#times;
    const bound = this.#bound().filter(({ subject: { row } }) =>
      row.collection.generations.includes(client.generation),
    );
    times.retain(bound);
    const undated = bound.filter((one) => times.of(one) === undefined);
    await times.take(undated, client, signal);
    const first = verdictsOf(bound, times, seen);
    const doubtful = bound.filter((one) => first(one) === 'Newer');
    const before = new Map(doubtful.map((one) => [one, times.of(one)]));
    await times.take(doubtful, client, signal);
    const last = verdictsOf(bound, times, seen);
    for (const one of bound) {
      const verdict = last(one);
      // What was told after the dump and is older still is not what the dump shows.
      const isToldAgain = before.has(one) && before.get(one) !== times.of(one);
      if (verdict === undefined || (verdict === 'Newer' && !isToldAgain)) continue;
      this.#tell(one, newsOf(verdict === 'Newer' ? 'Pending' : verdict));
    }
    this.#count(this.#bound());
  }

  /** What of ours and of those kinds that the dump shows stands there, as far as we know. */
  #bound(): readonly Bound[] {
    const { cluster, book, shares } = this.#deps;
    const gateway = cluster.gateway(this.#key);
    if (gateway === undefined) return [];
    const bound: Bound[] = [];
    for (const subject of cluster.all()) {
      const { row, resource } = subject;
      if (row.liveAs === undefined || resource.metadata.deletionTimestamp !== undefined) continue;
      if (!shares.holds(resource.metadata.namespace) || !cluster.selects(gateway, resource)) continue;
      const entry = book.entry(resource, this.#key);
      if (entry?.state === 'Programmed') bound.push({ subject, entry });
    }
    return bound;
  }

  #tell({ subject: { resource }, entry }: Bound, news: News): void {
    const { book, clock, metrics, shares } = this.#deps;
    const now = book.entry(resource, this.#key);
    // Another replica tells of it by now.
    if (!shares.holds(resource.metadata.namespace)) return;
    // Written again meanwhile: this is about what stood there before.
    if (now === undefined || writeOf(now) !== writeOf(entry)) return;
    const before = book.live(resource, this.#key);
    if (before?.state === news.state && before.reason === news.reason) return;
    const { uid } = resource.metadata;
    const writtenAtMs = this.#writtenAtMs.get(uid);
    if (news.state === 'Live' && writtenAtMs !== undefined)
      metrics.liveSeconds.observe((clock.monotonicMs() - writtenAtMs) / 1000);
    if (news.state !== 'Pending') this.#writtenAtMs.delete(uid);
    const isWritten = news.state === 'Pending' && before?.state !== 'Live' && before?.state !== 'Undeployed';
    const since = (isWritten ? entry.lastSyncTime : undefined) ?? clock.now().toISOString();
    book.putLive(resource, this.#key, { ...news, since });
    this.#deps.settle(resource);
  }

  #count(bound: readonly Bound[]): void {
    const { book, clock, metrics } = this.#deps;
    const gateway = this.#key;
    const waiting = bound
      .map(({ subject }) => book.live(subject.resource, gateway))
      .filter((live) => live?.state === 'Pending');
    this.#pending = waiting.length;
    const since = Math.min(...waiting.map((live) => Date.parse(live?.since ?? '')));
    metrics.notLive.set({ gateway }, waiting.length);
    metrics.lag.set(
      { gateway },
      waiting.length === 0 ? 0 : Math.max(0, (clock.now().getTime() - since) / 1000),
    );
  }
}

function keyOf({ subject: { row, resource } }: Bound): string {
  return sightingKey(row.liveAs ?? '', resource.metadata.name);
}

/** Judges by the times as they are known now; undefined where a gateway did not tell one, 'Timeless' where it has none. */
function verdictsOf(bound: readonly Bound[], times: WriteTimes, seen: Sightings) {
  const momentKey = (one: Bound) => `${keyOf(one)} ${times.of(one)?.at ?? ''}`;
  const alike = new Map<string, number>();
  for (const one of bound) alike.set(momentKey(one), (alike.get(momentKey(one)) ?? 0) + 1);
  return (one: Bound): Verdict | 'Timeless' | undefined => {
    const time = times.of(one);
    if (time === undefined) return undefined;
    if (time.at === undefined) return 'Timeless';
    return verdictOf(seen.get(keyOf(one)) ?? [], time.at, alike.get(momentKey(one)));
  };
}

function unknown({ reason, message }: Unknown): News {
  return { state: 'Unknown', reason, message };
}

function newsOf(verdict: Exclude<Verdict, 'Newer'> | 'Timeless'): News {
  switch (verdict) {
    case 'Live':
    case 'Undeployed':
    case 'Pending':
      return { state: verdict };
    case 'Ambiguous':
      return {
        state: 'Unknown',
        reason: 'Ambiguous',
        message: 'several kinds have its handle there, and the dump does not tell them apart',
      };
    case 'Timeless':
      return { state: 'Unknown', reason: 'NoTime', message: 'the gateway tells no time of its last write' };
  }
}
