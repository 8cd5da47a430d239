import type { Registry } from 'prom-client';
import { counter, gauge, histogram } from '../src/runtime/metrics.ts';

/** Everything that the reconciling process counts. */
export function controllerMetrics(registry: Registry) {
  return {
    outcomes: counter(registry, {
      name: 'portcullis_controller_outcomes_total',
      help: 'Attempts at bringing one resource to one gateway, by how they ended.',
      labels: { outcome: ['programmed', 'waiting', 'refused', 'failing', 'gone'] },
    }),
    writes: counter(registry, {
      name: 'portcullis_controller_gateway_writes_total',
      help: 'What was done at gateways.',
      labels: { deed: ['created', 'replaced', 'adopted', 'removed'] },
    }),
    drift: counter(registry, {
      name: 'portcullis_controller_drift_total',
      help: 'Resources that a periodic comparison found to be missing or different at a gateway.',
      labels: { found: ['missing', 'different'] },
    }),
    seconds: histogram(registry, {
      name: 'portcullis_controller_attempt_seconds',
      help: 'How long an attempt at one resource on one gateway took.',
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 30],
    }),
    statusWrites: counter(registry, {
      name: 'portcullis_controller_status_writes_total',
      help: 'Statuses of resources that were written.',
    }),
    reachable: gauge(registry, {
      name: 'portcullis_controller_gateway_reachable',
      help: '1 while the management API of a gateway can be reached.',
      labels: { gateway: 'open' },
    }),
    bindings: gauge(registry, {
      name: 'portcullis_controller_bindings',
      help: 'Resources that a gateway takes, by whether it holds them as wanted.',
      labels: { gateway: 'open', state: 'open' },
    }),
    inactive: gauge(registry, {
      name: 'portcullis_controller_inactive_bindings',
      help: 'Resources that a gateway takes and that an annotation keeps from being reconciled there.',
      labels: { gateway: 'open', mode: 'open' },
    }),
    liveSeconds: histogram(registry, {
      name: 'portcullis_controller_live_seconds',
      help: 'How long it took from a write at a gateway until it was seen live there.',
      buckets: [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600],
    }),
    notLive: gauge(registry, {
      name: 'portcullis_controller_not_live_bindings',
      help: 'Resources that stand at a gateway and are not live there yet.',
      labels: { gateway: 'open' },
    }),
    lag: gauge(registry, {
      name: 'portcullis_controller_gateway_lag_seconds',
      help: 'For how long the oldest write at a gateway that is not live there yet has waited.',
      labels: { gateway: 'open' },
    }),
    unclaimed: gauge(registry, {
      name: 'portcullis_controller_unclaimed_items',
      help: 'What stands at a gateway without a resource: unmanaged, or orphaned, which bears our mark.',
      labels: { gateway: 'open', sort: 'open' },
    }),
    queue: gauge(registry, {
      name: 'portcullis_controller_queue_depth',
      help: 'Resources that wait for an attempt at a gateway.',
      labels: { gateway: 'open' },
    }),
  };
}

export type ControllerMetrics = ReturnType<typeof controllerMetrics>;
