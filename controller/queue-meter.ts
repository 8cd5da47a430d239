import type { Clock } from '../src/runtime/clock.ts';
import type { QueueWatch } from './queue.ts';
import type { RuntimeMetrics } from './runtime-metrics.ts';

interface Dependencies {
  readonly clock: Clock;
  readonly metrics: Pick<RuntimeMetrics, 'adds' | 'retries' | 'waitSeconds' | 'workSeconds'>;
  /** The controller towards which the work on a key counts. */
  controllerOf(key: string): string;
}

/** What a queue holds of one controller. */
export interface Holding {
  readonly waiting: number;
  /** For how long each worker has been at its key, in seconds. */
  readonly working: readonly number[];
}

/** Counts what a queue does, in the words of client-go's work queues. */
export class QueueMeter implements QueueWatch {
  readonly #deps: Dependencies;
  readonly #addedAtMs = new Map<string, number>();
  readonly #takenAtMs = new Map<string, number>();

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
  }

  added(key: string): void {
    this.#addedAtMs.set(key, this.#deps.clock.monotonicMs());
    this.#deps.metrics.adds.inc(this.#labels(key));
  }

  taken(key: string): void {
    const now = this.#deps.clock.monotonicMs();
    const addedAt = this.#addedAtMs.get(key) ?? now;
    this.#addedAtMs.delete(key);
    this.#takenAtMs.set(key, now);
    this.#deps.metrics.waitSeconds.observe(this.#labels(key), (now - addedAt) / 1000);
  }

  finished(key: string): void {
    const now = this.#deps.clock.monotonicMs();
    const takenAt = this.#takenAtMs.get(key) ?? now;
    this.#takenAtMs.delete(key);
    this.#deps.metrics.workSeconds.observe(this.#labels(key), (now - takenAt) / 1000);
  }

  delayed(key: string): void {
    this.#deps.metrics.retries.inc(this.#labels(key));
  }

  /** How many keys wait, of whichever controller. */
  get depth(): number {
    return this.#addedAtMs.size;
  }

  holding(controller: string): Holding {
    const now = this.#deps.clock.monotonicMs();
    const isIts = (key: string) => this.#deps.controllerOf(key) === controller;
    return {
      waiting: [...this.#addedAtMs.keys()].filter(isIts).length,
      working: [...this.#takenAtMs].filter(([key]) => isIts(key)).map(([, at]) => (now - at) / 1000),
    };
  }

  #labels(key: string) {
    const controller = this.#deps.controllerOf(key);
    return { name: controller, controller };
  }
}
