import type { Registry } from 'prom-client';
import type { KindTable } from '../src/model/kind-table.ts';
import { counter, dropSeries, gauge, histogram, type Labels } from '../src/runtime/metrics.ts';
import { reviewMetrics } from './review-metrics.ts';
import { runtimeMetrics } from './runtime-metrics.ts';

const gateway = 'open';
const driftOf = ['wiped', 'deleted', 'edited'] as const;
export const bindingStates = ['programmed', 'waiting', 'refused', 'failing', 'removing', 'pending'] as const;
const inactiveModes = ['Observe', 'Paused'] as const;
const sorts = ['unmanaged', 'orphaned'] as const;
const methods = ['GET', 'POST', 'PUT', 'DELETE'] as const;
const codes = ['2xx', '3xx', '4xx', '5xx', 'none'] as const;

/** In seconds, from what nobody notices to what somebody complains of. */
const untilSeenBuckets = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600];

/** Everything that the reconciling process counts; `controllers` are the kinds in lower case. Told in docs/metrics.md. */
export function controllerMetrics(registry: Registry, controllers: readonly string[]) {
  return {
    runtime: runtimeMetrics(registry, controllers),
    review: reviewMetrics(registry),
    outcomes: counter(registry, {
      name: 'portcullis_controller_outcomes_total',
      help: 'Attempts at bringing one resource to one gateway, by how they ended.',
      labels: { outcome: ['programmed', 'waiting', 'refused', 'failing', 'gone'] },
    }),
    writes: counter(registry, {
      name: 'portcullis_controller_gateway_writes_total',
      help: 'What was done at gateways.',
      labels: { deed: ['created', 'replaced', 'recreated', 'adopted', 'removed'] },
    }),
    driftFound: counter(registry, {
      name: 'portcullis_controller_drift_found_total',
      help: 'Resources that a comparison found wiped with everything else, deleted or edited at a gateway.',
      labels: { drift: driftOf },
    }),
    driftRepaired: counter(registry, {
      name: 'portcullis_controller_drift_repaired_total',
      help: 'Resources that were put right after such a finding.',
      labels: { drift: driftOf },
    }),
    seconds: histogram(registry, {
      name: 'portcullis_controller_attempt_seconds',
      help: 'How long an attempt at one resource on one gateway took.',
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 30],
    }),
    requestSeconds: histogram(registry, {
      name: 'portcullis_controller_gateway_request_seconds',
      help: 'How long a call of a management API took, its time in line not counted, by the class of the answer (none: there was none).',
      labels: { gateway, method: methods, code: codes },
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    }),
    statusWrites: counter(registry, {
      name: 'portcullis_controller_status_writes_total',
      help: 'Statuses of resources that were written.',
    }),
    programmedSeconds: histogram(registry, {
      name: 'portcullis_controller_time_to_programmed_seconds',
      help: 'How long it took from a creation or a change of a spec, as the controller heard of it, until the resource was Ready.',
      labels: { controller: controllers },
      buckets: untilSeenBuckets,
    }),
    allLiveSeconds: histogram(registry, {
      name: 'portcullis_controller_time_to_live_seconds',
      help: 'How long it took from a creation or a change of a spec, as the controller heard of it, until the resource was Live.',
      labels: { controller: controllers },
      buckets: untilSeenBuckets,
    }),
    reachable: gauge(registry, {
      name: 'portcullis_controller_gateway_reachable',
      help: '1 while the management API of a gateway can be reached.',
      labels: { gateway },
    }),
    comparedAt: gauge(registry, {
      name: 'portcullis_controller_gateway_compared_timestamp_seconds',
      help: 'When a gateway was last compared in full, in seconds since 1970.',
      labels: { gateway },
    }),
    bindings: gauge(registry, {
      name: 'portcullis_controller_bindings',
      help: 'Resources that a gateway takes or is to lose, by what became of them there; pending: nothing yet.',
      labels: { gateway, state: bindingStates },
    }),
    inactive: gauge(registry, {
      name: 'portcullis_controller_inactive_bindings',
      help: 'Resources that a gateway takes and that an annotation keeps from being reconciled there.',
      labels: { gateway, mode: inactiveModes },
    }),
    liveSeconds: histogram(registry, {
      name: 'portcullis_controller_live_seconds',
      help: 'How long it took from a write at a gateway until it was seen live there.',
      buckets: [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600],
    }),
    notLive: gauge(registry, {
      name: 'portcullis_controller_not_live_bindings',
      help: 'Resources that stand at a gateway and are not live there yet.',
      labels: { gateway },
    }),
    lag: gauge(registry, {
      name: 'portcullis_controller_gateway_lag_seconds',
      help: 'For how long the oldest write at a gateway that is not live there yet has waited.',
      labels: { gateway },
    }),
    unclaimed: gauge(registry, {
      name: 'portcullis_controller_unclaimed_items',
      help: 'What stands at a gateway without a resource: unmanaged, or orphaned, which bears our mark.',
      labels: { gateway, sort: sorts },
    }),
    removalsHeld: gauge(registry, {
      name: 'portcullis_controller_removals_held',
      help: 'Resources that a gateway would lose, and does not, as they are too many at once (RemovalHeld).',
      labels: { gateway },
    }),
    operatorLive: gauge(registry, {
      name: 'portcullis_controller_platform_operator_live',
      help: "1 while somebody keeps the Lease of the platform's own operator.",
    }),
    unreadable: gauge(registry, {
      name: 'portcullis_controller_unreadable_namespaces',
      help: '1 for each watched namespace that may not be read: it does not exist, or our Role is missing there.',
      labels: { namespace: 'open' },
    }),
    queue: gauge(registry, {
      name: 'portcullis_controller_queue_depth',
      help: 'Resources that wait for an attempt at a gateway.',
      labels: { gateway },
    }),
  };
}

export type ControllerMetrics = ReturnType<typeof controllerMetrics>;
export type Drift = (typeof driftOf)[number];

/** What is said of a gateway goes with it. */
export function forgetGateway(metrics: ControllerMetrics, key: string): void {
  const { reachable, comparedAt, bindings, inactive, notLive, lag, unclaimed, removalsHeld, queue } = metrics;
  const drop = (metric: Parameters<typeof dropSeries>[0], closed: Labels = {}) =>
    dropSeries(metric, { gateway: key }, closed);
  for (const metric of [reachable, comparedAt, notLive, lag, removalsHeld, queue]) drop(metric);
  drop(bindings, { state: bindingStates });
  drop(inactive, { mode: inactiveModes });
  drop(unclaimed, { sort: sorts });
  drop(metrics.requestSeconds, { method: methods, code: codes });
}

/** The class of a status code, as a label. */
export function codeClass(status: number | undefined): (typeof codes)[number] {
  return codes.find((code) => code.startsWith(String(Math.floor((status ?? 0) / 100)))) ?? 'none';
}

/** All that work is counted for. */
export function controllersOf(
  table: Pick<KindTable, 'rows'>,
  gatewayKind: { readonly kind: string },
): readonly string[] {
  return [...table.rows, gatewayKind].map(({ kind }) => controllerName(kind));
}

/** Under which name the work on a kind is counted. */
export function controllerName(kind: string): string {
  return kind.toLowerCase();
}
