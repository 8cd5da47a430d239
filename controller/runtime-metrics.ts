import type { Registry } from 'prom-client';
import { counter, gauge, histogram } from '../src/runtime/metrics.ts';
import { queueGauges, type Queues } from './queue-gauges.ts';

/** Narrow where attempts end as a rule, wide where a gateway is slow. */
const reconcileBuckets = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20, 30, 60,
];

/** Powers of ten, as client-go's queues have them; below a tenth of a millisecond nothing happens here. */
const queueBuckets = [1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000];

/** How an attempt ended, in controller-runtime's words. */
export const reconcileResults = ['success', 'error', 'requeue', 'requeue_after'] as const;
export type ReconcileResult = (typeof reconcileResults)[number];

/**
 * The metrics that dashboards for Kubernetes controllers know, with the names and labels of controller-runtime and
 * client-go. `controller` and `name` are the kind in lower case; the queues of all gateways count together.
 */
export function runtimeMetrics(registry: Registry, controllers: readonly string[]) {
  const byController = { controller: controllers };
  const queues: Queues = new Map();
  queueGauges(registry, controllers, queues);
  const metrics = {
    queues,
    reconciles: counter(registry, {
      name: 'controller_runtime_reconcile_total',
      help: 'Attempts by how they ended: well or waiting for news (success), to be made again after an error, as soon as may be (requeue) or at a set time (requeue_after).',
      labels: { ...byController, result: reconcileResults },
    }),
    reconcileErrors: counter(registry, {
      name: 'controller_runtime_reconcile_errors_total',
      help: 'Attempts that ended with an error: a gateway or the API server did not answer, or let nobody in.',
      labels: byController,
    }),
    reconcileSeconds: histogram(registry, {
      name: 'controller_runtime_reconcile_time_seconds',
      help: 'How long an attempt took.',
      labels: byController,
      buckets: reconcileBuckets,
    }),
    adds: counter(registry, {
      name: 'workqueue_adds_total',
      help: 'How often a resource was put into a queue in which it did not wait already.',
      labels: byQueue,
    }),
    waitSeconds: histogram(registry, {
      name: 'workqueue_queue_duration_seconds',
      help: 'How long a resource waited in a queue.',
      labels: byQueue,
      buckets: queueBuckets,
    }),
    workSeconds: histogram(registry, {
      name: 'workqueue_work_duration_seconds',
      help: 'How long a worker had a resource in its hands.',
      labels: byQueue,
      buckets: queueBuckets,
    }),
    retries: counter(registry, {
      name: 'workqueue_retries_total',
      help: 'How often a resource was put off to come again later.',
      labels: byQueue,
    }),
    apiCalls: counter(registry, {
      name: 'rest_client_requests_total',
      help: 'Calls of the API server by the code of the answer, method and host.',
      labels: { code: 'open', method: 'open', host: 'open' },
    }),
    leader: gauge(registry, {
      name: 'leader_election_master_status',
      help: '1 while this replica holds the Lease of that name. Absent without leader election.',
      labels: { name: 'open' },
    }),
  };
  for (const controller of controllers) {
    const labels = { name: controller, controller };
    for (const one of [metrics.adds, metrics.retries]) one.inc(labels, 0);
    for (const one of [metrics.waitSeconds, metrics.workSeconds]) one.zero(labels);
  }
  return metrics;
}

/** Both are the same; a queue is named after its controller. */
const byQueue = { name: 'open', controller: 'open' } as const;

export type RuntimeMetrics = ReturnType<typeof runtimeMetrics>;
