import type { Clock } from '../../src/runtime/clock.ts';

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #ms = 0;
  readonly #sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();

  now(): Date {
    return new Date(Date.UTC(2026, 0, 1) + this.#ms);
  }

  monotonicMs(): number {
    return this.#ms;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const sleeper = { until: this.#ms + ms, wake: () => resolve(undefined) };
    this.#sleepers.add(sleeper);
    signal?.addEventListener('abort', sleeper.wake, { once: true });
    await promise;
    this.#sleepers.delete(sleeper);
  }

  /** Moves on, and lets everything happen that follows from it. */
  async advance(ms: number): Promise<void> {
    this.#ms += ms;
    for (const { until, wake } of this.#sleepers) if (until <= this.#ms) wake();
    await settled();
  }
}

/** Lets what is due at once be done. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 5; round += 1) await new Promise((resolve) => setImmediate(resolve));
}
