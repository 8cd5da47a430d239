import type { Clock } from '../../src/runtime/clock.ts';
import { nextMoment } from './exceptions.ts';

interface Dependencies {
  readonly clock: Clock;
  /** Told when what was judged may have to be judged otherwise though nothing has changed but the time. */
  passed(): void;
}

const tickMs = 1000;

/** Rules may look at the time (certificates, keys): so often everything is reviewed anew, jittered by a tenth. */
const recheckMs = 3_600_000;

/** Watches the time for the policies: exceptions end, and what rules say of the time comes true. */
export class Moments {
  readonly #deps: Dependencies;
  #specs: readonly unknown[] = [];
  #next: Date | undefined;

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
  }

  /** From now on it is about these policies. */
  of(specs: readonly unknown[]): void {
    this.#specs = specs;
    this.#next = nextMoment(specs, this.#deps.clock.now());
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    let recheckAtMs = clock.monotonicMs() + jittered(recheckMs);
    while (!signal.aborted) {
      await clock.sleep(tickMs, signal);
      const now = clock.now();
      const hasPassed = this.#next !== undefined && now >= this.#next;
      if (!hasPassed && clock.monotonicMs() < recheckAtMs) continue;
      this.#next = nextMoment(this.#specs, now);
      recheckAtMs = clock.monotonicMs() + jittered(recheckMs);
      this.#deps.passed();
    }
  }
}

function jittered(ms: number): number {
  return ms * (0.9 + 0.2 * Math.random());
}
