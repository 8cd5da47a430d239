import { annotation } from '../../src/model/annotations.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';
import { few } from '../../src/selection/large-removal.ts';
import { mayBeThere } from '../../src/model/standing.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { policiesOf } from '../../src/compare/asked-for.ts';
import type { Stored, StoredGateway } from '../cluster/stored.ts';
import type { Book } from '../status/book.ts';
import { WhileUnchanged } from '../status/while-unchanged.ts';
import type { Shares } from '../shards/shares.ts';
import { allowanceOf, leftOf, moreUsed, type Allowance } from './allowance.ts';
import { verdictOn, type RemovalPicture, type Verdict } from './limit.ts';
import type { RemovalStatus } from './status.ts';

/** Removals within this time are one change: labels are changed one by one, and so the gateway is asked. */
const changeMs = 10 * 60_000;

/** Before anything goes, nothing more must have been added for so long to what would go. */
const quietMs = 1000;

interface Options {
  /** The share of what a gateway holds that may go at once, in per cent. */
  readonly maxRemovalPercent: number;
}

interface Dependencies {
  readonly cluster: Cluster;
  readonly book: Book;
  readonly clock: Clock;
  readonly shares: Pick<Shares, 'holds'>;
}

interface Memory {
  /** When something went without having been released, by the monotonic clock. */
  gone: readonly number[];
  /** By their uids, what we removed and the statuses still show. */
  readonly unseen: Set<string>;
  /** Orphans that would go. */
  orphans: number;
  /** Undefined: nothing is remembered, and the status knows better. */
  allowance: { readonly now: Allowance | undefined } | undefined;
  going: number;
  grewAtMs: number;
  verdict: Verdict;
}

/** What the status of a gateway says of removals. */
export interface RemovalFigures extends RemovalPicture {
  readonly isHeld: boolean;
  readonly maxPercent: number;
  readonly released: Allowance | undefined;
}

/**
 * Stops a change by which a gateway would lose much at once: a selector or labels were edited, and nobody meant that.
 * What people delete one by one, or with its namespace or its gateway, is none of its concern.
 *
 * Replicas that share the work judge each for itself, and alike: everyone sees the whole gateway, and counts what the
 * others remove when their statuses show it. Until then it counts as what would go, so that the sum of what would go
 * and what has gone is the same for everybody at any time.
 */
export class Removals {
  readonly #options: Options;
  readonly #deps: Dependencies;
  readonly #memories = new Map<string, Memory>();
  readonly #counts: WhileUnchanged<Pick<RemovalPicture, 'holds' | 'going'>>;

  constructor(options: Options, dependencies: Dependencies) {
    this.#options = options;
    this.#deps = dependencies;
    this.#counts = new WhileUnchanged(dependencies);
  }

  /** Whether what a gateway is to lose may go now, judged by the gateway as a whole. */
  verdict(gateway: StoredGateway): Verdict {
    if (isGoing(gateway)) return 'free';
    const memory = this.#memory(gateway);
    const picture = this.#picture(gateway, memory);
    const verdict = verdictOn(picture, this.#options.maxRemovalPercent);
    memory.verdict = picture.going === 0 ? 'free' : verdict;
    return verdict;
  }

  /** How long until what a gateway is to lose has been the same for a while; 0 where it has, or is too little to matter. */
  settlingMs(gateway: StoredGateway): number {
    if (isGoing(gateway)) return 0;
    const memory = this.#memory(gateway);
    const { holds, gone, going } = this.#picture(gateway, memory);
    const now = this.#deps.clock.monotonicMs();
    if (going > memory.going) {
      memory.grewAtMs = now;
      memory.going = going;
    }
    return holds + gone <= few ? 0 : Math.max(memory.grewAtMs + quietMs - now, 0);
  }

  /** Notes that something went for which there was a verdict. To be told before the book is, for which it is gone then. */
  removed(gateway: StoredGateway, resource?: Stored): void {
    if (isGoing(gateway)) return;
    const memory = this.#memory(gateway);
    if (resource !== undefined) memory.unseen.add(resource.metadata.uid);
    this.#count(memory, memory.verdict);
  }

  /** Notes that the status of a resource has ceased to show it at a gateway. What we removed has been counted by then. */
  seenToGo(gateway: StoredGateway, resource: Stored): void {
    if (!isGoing(gateway) && !this.#memory(gateway).unseen.delete(resource.metadata.uid))
      this.removedElsewhere(gateway);
  }

  /** Notes that something went for which another replica had a verdict. To be told when it is none of what would go. */
  removedElsewhere(gateway: StoredGateway): void {
    const memory = this.#memory(gateway);
    const { going } = this.#picture(gateway, memory);
    this.#count(memory, going < leftOf(memory.allowance?.now) ? 'released' : 'free');
  }

  /** From now on it is for us to write down how much of a release is used: by all that is known of it. */
  takeOver(gateway: StoredGateway): void {
    const memory = this.#memory(gateway);
    memory.allowance = { now: moreUsed(memory.allowance?.now, storedAllowance(gateway)) };
  }

  #count(memory: Memory, verdict: Verdict): void {
    const allowance = memory.allowance?.now;
    if (verdict === 'released' && allowance !== undefined)
      memory.allowance = { now: { ...allowance, used: allowance.used + 1 } };
    else memory.gone = [...memory.gone, this.#deps.clock.monotonicMs()];
  }

  /** Notes how many orphans at a gateway are to go. */
  expectOrphans(gateway: StoredGateway, count: number): void {
    this.#memory(gateway).orphans = count;
  }

  /** Whether removals were held when it was decided last. */
  isHeld(gateway: string): boolean {
    return this.#memories.get(gateway)?.verdict === 'held';
  }

  figures(gateway: StoredGateway): RemovalFigures {
    const isHeld = this.verdict(gateway) === 'held';
    const memory = this.#memory(gateway);
    const picture = this.#picture(gateway, memory);
    const maxPercent = this.#options.maxRemovalPercent;
    const released = this.#allowance(gateway, memory);
    return { ...picture, isHeld: isHeld && picture.going > 0, maxPercent, released };
  }

  forget(gateway: string): void {
    this.#memories.delete(gateway);
    this.#counts.forget(gateway);
  }

  #picture(gateway: StoredGateway, memory: Memory): RemovalPicture {
    const key = gatewayKey(gateway.metadata);
    const counted = this.#counts.of(key, () => this.#countAt(gateway, key));
    const holds = counted.holds + memory.orphans;
    const going = counted.going + memory.orphans;
    // What was undone and is done again grows anew.
    memory.going = Math.min(memory.going, going);
    const allowance = leftOf(this.#allowance(gateway, memory));
    return { holds, going, gone: this.#goneLately(gateway, memory), allowance };
  }

  /** What stands at a gateway, and what of it would go, orphans not counted. */
  #countAt(gateway: StoredGateway, key: string): Pick<RemovalPicture, 'holds' | 'going'> {
    const { cluster, book } = this.#deps;
    let holds = 0;
    let going = 0;
    for (const { resource } of cluster.all()) {
      if (!mayBeThere(book.entry(resource, key))) continue;
      holds += 1;
      if (resource.metadata.deletionTimestamp !== undefined || cluster.selects(gateway, resource)) continue;
      const namespace = cluster.namespace(resource.metadata.namespace);
      if (policiesOf(resource, namespace, gateway).mode === 'Active') going += 1;
    }
    return { holds, going };
  }

  /** A change that is held is not over, however long it takes somebody to look at it. */
  #goneLately(gateway: StoredGateway, memory: Memory): number {
    const since = this.#deps.clock.monotonicMs() - changeMs;
    const isHeld = memory.verdict === 'held' || this.#isHeldElsewhere(gateway);
    if (!isHeld) memory.gone = memory.gone.filter((at) => at > since);
    return memory.gone.length;
  }

  /** By the status, which is written by the one replica that has the gateway's own shard. */
  #isHeldElsewhere(gateway: StoredGateway): boolean {
    return !this.#isOurs(gateway) && (storedRemovals(gateway)?.held ?? 0) > 0;
  }

  /** What is left of a release, by what we counted and by what the one who writes it down has counted. */
  #allowance(gateway: StoredGateway, { allowance }: Memory): Allowance | undefined {
    const counted = allowance?.now;
    return this.#isOurs(gateway) ? counted : moreUsed(counted, storedAllowance(gateway));
  }

  #isOurs({ metadata }: StoredGateway): boolean {
    return this.#deps.shares.holds(gatewayKey(metadata));
  }

  #memory(gateway: StoredGateway): Memory {
    const key = gatewayKey(gateway.metadata);
    const memory = this.#memories.get(key) ?? {
      gone: [],
      unseen: new Set(),
      orphans: 0,
      allowance: undefined,
      going: 0,
      grewAtMs: -Infinity,
      verdict: 'free',
    };
    const known = memory.allowance === undefined ? storedAllowance(gateway) : memory.allowance.now;
    memory.allowance = { now: allowanceOf(gateway.metadata.annotations?.[annotation.allowRemoval], known) };
    this.#memories.set(key, memory);
    return memory;
  }
}

/** A gateway that takes its resources along was asked to. */
function isGoing({ metadata }: StoredGateway): boolean {
  return metadata.deletionTimestamp !== undefined;
}

function storedRemovals({ status }: StoredGateway): Partial<RemovalStatus> | undefined {
  return (status as { removals?: Partial<RemovalStatus> } | undefined)?.removals;
}

function storedAllowance(gateway: StoredGateway): Allowance | undefined {
  const { allowed, used } = storedRemovals(gateway) ?? {};
  return allowed === undefined || used === undefined ? undefined : { allowed, used };
}
