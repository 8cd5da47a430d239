import { setImmediate } from 'node:timers/promises';

/** For so long a loop may keep everybody else waiting, in ms: Leases are renewed and other gateways served meanwhile. */
const turnMs = 20;

/** Lets a long loop that awaits nothing hand on its turn now and then. */
export class Breather {
  #since = performance.now();

  /** To be awaited in each round; ends at once as a rule. */
  async pause(): Promise<void> {
    if (performance.now() - this.#since < turnMs) return;
    await setImmediate();
    this.#since = performance.now();
  }
}
