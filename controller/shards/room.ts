import type { Turns } from '../../src/kube/election.ts';

/** How many shards this replica may hold, and which ones it holds or tries for. */
export class Room {
  #most = 0;
  readonly #inside = new Map<number, AbortController>();
  #stirred = new AbortController();

  /** What is too much is given up, the last ones first. */
  resize(most: number): void {
    if (most === this.#most) return;
    this.#most = most;
    const staying = [...this.#inside].filter(([, leaving]) => !leaving.signal.aborted);
    const surplus = staying.toSorted(([a], [b]) => b - a).slice(0, Math.max(staying.length - most, 0));
    for (const [, leaving] of surplus) leaving.abort(new Error('another replica is to have the shard'));
    this.#stir();
  }

  /** The place of a shard in the room, as an election asks for it. */
  turns(shard: number): Turns {
    return {
      enter: () => {
        if (this.#inside.size >= this.#most) return false;
        this.#inside.set(shard, new AbortController());
        return true;
      },
      leave: () => {
        if (this.#inside.delete(shard)) this.#stir();
      },
      changed: () => this.#stirred.signal,
    };
  }

  /** Aborts when a shard that is held is to be given up. */
  leaving(shard: number): AbortSignal {
    return this.#inside.get(shard)?.signal ?? AbortSignal.abort();
  }

  #stir(): void {
    this.#stirred.abort();
    this.#stirred = new AbortController();
  }
}
