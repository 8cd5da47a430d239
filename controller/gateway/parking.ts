import type { Clock } from '../../src/runtime/clock.ts';

/** Until when a gateway is left alone because it said that it gets too many calls, whatever they were about. */
export class Parking {
  readonly #clock: Clock;
  #until = -Infinity;

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
  }

  /** The later of two ends counts. */
  park(ms: number): void {
    this.#until = Math.max(this.#until, this.#clock.monotonicMs() + ms);
  }

  get leftMs(): number {
    return Math.max(this.#until - this.#clock.monotonicMs(), 0);
  }
}
