import type { Registry } from 'prom-client';
import { gauge } from '../src/runtime/metrics.ts';
import type { Holding, QueueMeter } from './queue-meter.ts';

/** A queue that is counted, for which controllers, and by how many workers it is served. */
export interface MeteredQueue {
  readonly meter: QueueMeter;
  readonly workers: number;
  serves(controller: string): boolean;
}

/** The queues that there are, each under a name of its own. */
export type Queues = Map<string, MeteredQueue>;

/** What is known of a controller over all its queues at the moment of the question. */
interface Picture {
  readonly holdings: readonly Holding[];
  /** In seconds, for each worker that has something in its hands. */
  readonly working: readonly number[];
  readonly workers: number;
}

/** The gauges of the work queues, which are asked for their value when somebody reads it. */
export function queueGauges(registry: Registry, controllers: readonly string[], queues: Queues): void {
  const add = (name: string, help: string, isNamed: boolean, value: (picture: Picture) => number) =>
    gauge(registry, {
      name,
      help,
      labels: isNamed ? { name: 'open', controller: 'open' } : { controller: 'open' },
      collect() {
        for (const controller of controllers) {
          const labels = isNamed ? { name: controller, controller } : { controller };
          this.set(labels, value(pictureOf(controller, queues)));
        }
      },
    });
  add(
    'controller_runtime_active_workers',
    'Attempts that are under way.',
    false,
    ({ working }) => working.length,
  );
  add(
    'controller_runtime_max_concurrent_reconciles',
    'How many attempts there may be at once: so many at each gateway, which its kinds share.',
    false,
    ({ workers }) => workers,
  );
  add('workqueue_depth', 'Resources that wait for an attempt.', true, ({ holdings }) =>
    sum(holdings.map(({ waiting }) => waiting)),
  );
  add(
    'workqueue_unfinished_work_seconds',
    'For how long the attempts under way have gone on, taken together. It grows while one hangs.',
    true,
    ({ working }) => sum(working),
  );
  add(
    'workqueue_longest_running_processor_seconds',
    'For how long the oldest attempt under way has gone on.',
    true,
    ({ working }) => Math.max(0, ...working),
  );
}

function pictureOf(controller: string, queues: Queues): Picture {
  const serving = [...queues.values()].filter((queue) => queue.serves(controller));
  const holdings = serving.map(({ meter }) => meter.holding(controller));
  return {
    holdings,
    working: holdings.flatMap(({ working }) => working),
    workers: sum(serving.map(({ workers }) => workers)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
