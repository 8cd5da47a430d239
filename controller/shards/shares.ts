import type { Clock } from '../../src/runtime/clock.ts';
import type { Tenure } from '../../src/runtime/tenure.ts';
import { shardOf } from './shard-of.ts';
import { Share, type Purpose } from './share.ts';

/**
 * What of the work is this replica's now. Asked by a key: the namespace of a resource, `namespace/name` of an APIGateway
 * for its own affairs (its status, its finalizer, the definitions that it has loaded), or the name of what is of no
 * namespace (review policies).
 */
export class Shares {
  readonly #count: number;
  readonly #clock: Clock;
  readonly #held = new Map<number, Share>();

  constructor(count: number, { clock }: { readonly clock: Clock }) {
    this.#count = count;
    this.#clock = clock;
  }

  /** Whether others may have parts of the work at the same time. */
  get isDivided(): boolean {
    return this.#count > 1;
  }

  /** Whether there is nothing to do here. */
  get isIdle(): boolean {
    return this.#held.size === 0;
  }

  /** The numbers of the shards. */
  get held(): readonly number[] {
    return [...this.#held.keys()];
  }

  isIn(key: string, shard: number): boolean {
    return shardOf(key, this.#count) === shard;
  }

  holds(key: string): boolean {
    return this.#shareOf(key)?.isOpen('work') === true;
  }

  /** Under which everything is written that is done for a key; undefined where another replica has it. */
  tenureOf(key: string): Tenure | undefined {
    return this.#shareOf(key)?.tenure;
  }

  /** Does something for a key; nothing, where another replica has it or it is about to be given up. */
  async during(key: string, purpose: Purpose, work: (tenure: Tenure) => Promise<void>): Promise<void> {
    const share = this.#shareOf(key);
    if (share?.isOpen(purpose) === true) await share.do(work);
  }

  open(shard: number, tenure: Tenure): Share {
    const share = new Share(tenure, { clock: this.#clock });
    this.#held.set(shard, share);
    return share;
  }

  close(shard: number): void {
    this.#held.delete(shard);
  }

  #shareOf(key: string): Share | undefined {
    return this.#held.get(shardOf(key, this.#count));
  }
}
