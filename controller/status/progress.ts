import type { ResourceStatus } from '../../src/model/status.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Stored, Subject } from '../cluster/stored.ts';
import { controllerName, type ControllerMetrics } from '../metrics.ts';

interface Dependencies {
  readonly clock: Clock;
  readonly metrics: Pick<ControllerMetrics, 'programmedSeconds' | 'allLiveSeconds'>;
}

/** A change that was heard of, by the monotonic clock, and what it has not come to yet. */
interface Started {
  readonly generation: number;
  readonly atMs: number;
  isReady: boolean;
}

/** Measures how long a change takes until it is Ready, and Live. What was changed before this process began is none. */
export class Progress {
  readonly #deps: Dependencies;
  readonly #started = new Map<string, Started>();

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
  }

  /** A resource was created, or something of it changed. */
  changed({ metadata: { uid, generation, deletionTimestamp }, status }: Stored): void {
    if (deletionTimestamp !== undefined) {
      this.#started.delete(uid);
      return;
    }
    const isKnown =
      status?.observedGeneration === generation || this.#started.get(uid)?.generation === generation;
    if (isKnown) return;
    this.#started.set(uid, { generation, atMs: this.#deps.clock.monotonicMs(), isReady: false });
  }

  /** What a status says of it now. */
  reached({ row, resource }: Subject, { conditions = [] }: ResourceStatus): void {
    const { uid } = resource.metadata;
    const started = this.#started.get(uid);
    if (started === undefined) return;
    const holds = (type: string) =>
      conditions.some(
        (one) => one.type === type && one.status === 'True' && one.observedGeneration === started.generation,
      );
    const controller = controllerName(row.kind);
    const seconds = (this.#deps.clock.monotonicMs() - started.atMs) / 1000;
    const { programmedSeconds, allLiveSeconds } = this.#deps.metrics;
    if (!started.isReady && holds('Ready')) {
      started.isReady = true;
      programmedSeconds.observe({ controller }, seconds);
    }
    if (holds('Live')) allLiveSeconds.observe({ controller }, seconds);
    if (holds('Live') || (started.isReady && row.liveAs === undefined)) this.#started.delete(uid);
  }

  forget(uid: string): void {
    this.#started.delete(uid);
  }
}
