import { annotation } from '../../src/model/annotations.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';
import { mayBeThere } from '../binding/outcome.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { policiesOf } from '../cluster/policies.ts';
import type { StoredGateway } from '../cluster/stored.ts';
import type { Book } from '../status/book.ts';
import { allowanceOf, leftOf, type Allowance } from './allowance.ts';
import { few, verdictOn, type RemovalPicture, type Verdict } from './limit.ts';

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
}

interface Memory {
  /** When something went without having been released, by the monotonic clock. */
  gone: readonly number[];
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
 */
export class Removals {
  readonly #options: Options;
  readonly #deps: Dependencies;
  readonly #memories = new Map<string, Memory>();

  constructor(options: Options, dependencies: Dependencies) {
    this.#options = options;
    this.#deps = dependencies;
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
  removed(gateway: StoredGateway): void {
    if (isGoing(gateway)) return;
    const memory = this.#memory(gateway);
    const allowance = memory.allowance?.now;
    if (memory.verdict === 'released' && allowance !== undefined)
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
    return { ...picture, isHeld: isHeld && picture.going > 0, maxPercent, released: memory.allowance?.now };
  }

  forget(gateway: string): void {
    this.#memories.delete(gateway);
  }

  #picture(gateway: StoredGateway, memory: Memory): RemovalPicture {
    const { cluster, book } = this.#deps;
    const key = gatewayKey(gateway.metadata);
    let holds = memory.orphans;
    let going = memory.orphans;
    for (const { resource } of cluster.all()) {
      if (!mayBeThere(book.entry(resource, key))) continue;
      holds += 1;
      if (resource.metadata.deletionTimestamp !== undefined || cluster.selects(gateway, resource)) continue;
      const namespace = cluster.namespace(resource.metadata.namespace);
      if (policiesOf(resource, namespace, gateway).mode === 'Active') going += 1;
    }
    // What was undone and is done again grows anew.
    memory.going = Math.min(memory.going, going);
    return { holds, going, gone: this.#goneLately(memory), allowance: leftOf(memory.allowance?.now) };
  }

  /** A change that is held is not over, however long it takes somebody to look at it. */
  #goneLately(memory: Memory): number {
    const since = this.#deps.clock.monotonicMs() - changeMs;
    if (memory.verdict !== 'held') memory.gone = memory.gone.filter((at) => at > since);
    return memory.gone.length;
  }

  #memory(gateway: StoredGateway): Memory {
    const key = gatewayKey(gateway.metadata);
    const memory = this.#memories.get(key) ?? {
      gone: [],
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

function storedAllowance({ status }: StoredGateway): Allowance | undefined {
  const { allowed, used } = (status as { removals?: Partial<Allowance> } | undefined)?.removals ?? {};
  return allowed === undefined || used === undefined ? undefined : { allowed, used };
}
