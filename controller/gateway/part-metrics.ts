import type { Answered } from '../../src/gateway/transport.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Outcome } from '../binding/outcome.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { parseResourceKey } from '../cluster/stored.ts';
import { codeClass, controllerName, type ControllerMetrics } from '../metrics.ts';
import { QueueMeter } from '../queue-meter.ts';
import type { ReconcileResult } from '../runtime-metrics.ts';
import type { Postponed } from './worker.ts';

interface Counting {
  readonly clock: Clock;
  readonly metrics: ControllerMetrics;
}

/** The meter of the queue of a gateway, which is from now on among those that are counted. */
export function meterOf(
  { clock, metrics, cluster }: Counting & { readonly cluster: Cluster },
  gateway: string,
  workers: number,
): QueueMeter {
  const controllerOf = (key: string) => controllerName(parseResourceKey(key).kind);
  const meter = new QueueMeter({ clock, metrics: metrics.runtime, controllerOf });
  const served = new Set(cluster.table.rows.map(({ kind }) => controllerName(kind)));
  metrics.runtime.queues.set(gateway, { meter, workers, serves: (name) => served.has(name) });
  return meter;
}

/** Counts the calls of a gateway. */
export function counted({ metrics }: Pick<Counting, 'metrics'>, gateway: string): (call: Answered) => void {
  return ({ method, status, seconds }) =>
    metrics.requestSeconds.observe({ gateway, method, code: codeClass(status) }, seconds);
}

/** Counts an attempt that began at a moment of the monotonic clock and ends now. */
export function countReconcile(
  { clock, metrics: { runtime } }: Counting,
  controller: string,
  result: ReconcileResult,
  startedAtMs: number,
): void {
  runtime.reconciles.inc({ controller, result });
  if (result === 'error') runtime.reconcileErrors.inc({ controller });
  runtime.reconcileSeconds.observe({ controller }, (clock.monotonicMs() - startedAtMs) / 1000);
}

/** How an attempt ended, in controller-runtime's words. What waits for an event has nothing more to do. */
export function resultOf(
  outcome: Outcome | Postponed | undefined,
  againMs: number | undefined,
): ReconcileResult {
  if (outcome?.is === 'failing') return 'error';
  if (againMs === undefined) return 'success';
  return outcome?.is === 'waiting' ? 'requeue' : 'requeue_after';
}
