import type { Item } from '../../src/model/item.ts';
import { itemOwner } from '../../src/model/item.ts';
import type { Kind } from '../../src/model/kind.ts';
import { Limit } from '../../src/gateway/limit.ts';
import type { Clock } from '../../src/runtime/clock.ts';

/** How long a quota that a gateway showed is believed; then one write may show another. */
const believedMs = 30 * 60_000;

/**
 * How many instances one user may create in each collection of a gateway, as far as it has shown that it is fewer than
 * its APIGateway says. And whose turn it is there, so that two don't take the last place.
 */
export class Quotas {
  readonly #clock: Clock;
  readonly #shown = new Map<string, { readonly most: number; readonly atMs: number }>();
  readonly #turns = new Map<string, { readonly limit: Limit; users: number }>();

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
  }

  most(collection: string, said: number): number {
    const shown = this.#shown.get(collection);
    if (shown === undefined) return said;
    if (this.#clock.monotonicMs() - shown.atMs < believedMs) return Math.min(said, shown.most);
    this.#shown.delete(collection);
    return said;
  }

  /** The gateway has refused one more than so many. */
  showed(collection: string, most: number): void {
    this.#shown.set(collection, { most, atMs: this.#clock.monotonicMs() });
  }

  /** Runs one at a time in a collection. */
  async inTurn<Result>(
    collection: string,
    signal: AbortSignal,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const turn = this.#turns.get(collection) ?? { limit: new Limit(1), users: 0 };
    this.#turns.set(collection, turn);
    turn.users += 1;
    try {
      const leave = await turn.limit.enter(signal);
      try {
        return await work();
      } finally {
        leave();
      }
    } finally {
      turn.users -= 1;
      if (turn.users === 0) this.#turns.delete(collection);
    }
  }
}

/**
 * How many of what stands in a collection count against our own quota.
 *
 * @param user our name at the gateway; where our credentials don't tell, we are who created what bears our mark
 */
export function usedBy(user: string | undefined, row: Kind, items: readonly Item[]): number {
  const field = row.countedBy;
  if (field === undefined) return 0;
  const marked = items.filter((item) => itemOwner(row, item) !== undefined).map((item) => item[field]);
  const ours = user === undefined ? new Set(marked) : new Set<unknown>([user]);
  return items.filter((item) => ours.has(item[field])).length;
}
