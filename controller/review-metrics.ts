import type { Registry } from 'prom-client';
import { reviewActions } from '../src/kinds/review-policy.ts';
import { counter, dropSeries, gauge, histogram } from '../src/runtime/metrics.ts';

const policy = 'open';
const breachOf = [...reviewActions.map((action) => action.toLowerCase()), 'excused'] as const;

/** What is counted of the review of stored resources. What is said of a policy, the replica says that tells its status. */
export function reviewMetrics(registry: Registry) {
  /** Who waits is asked when somebody reads it. */
  const queue = { depth: () => 0 };
  gauge(registry, {
    name: 'portcullis_controller_review_queue_depth',
    help: 'Stored resources that wait for being reviewed by policies.',
    collect() {
      this.set(queue.depth());
    },
  });
  return {
    queue,
    seconds: histogram(registry, {
      name: 'portcullis_controller_review_seconds',
      help: 'How long the review of one stored resource by all policies took.',
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2],
    }),
    faults: counter(registry, {
      name: 'portcullis_controller_review_faults_total',
      help: 'Rules that could not be evaluated of a stored resource: they failed (error), or took too long or too much (limit).',
      labels: { fault: ['error', 'limit'] },
    }),
    resources: gauge(registry, {
      name: 'portcullis_controller_review_resources',
      help: 'Stored resources that a review policy is about.',
      labels: { policy },
    }),
    breaches: gauge(registry, {
      name: 'portcullis_controller_review_breaches',
      help: 'Breaches of the rules of a review policy by stored resources, by what they would lead to; excused: an exception covers them.',
      labels: { policy, action: breachOf },
    }),
    inForce: gauge(registry, {
      name: 'portcullis_controller_review_policy_in_force',
      help: '1 while a review policy compiles, so that resources are judged by it.',
      labels: { policy },
    }),
    endedExceptions: gauge(registry, {
      name: 'portcullis_controller_review_ended_exceptions',
      help: 'Exceptions of a review policy that have ended.',
      labels: { policy },
    }),
    packsPending: gauge(registry, {
      name: 'portcullis_controller_review_packs_pending',
      help: 'Policies of the packs that come with the chart which are not in the cluster as they should be.',
    }),
  };
}

export type ReviewMetrics = ReturnType<typeof reviewMetrics>;

/** What is said of a policy goes with it. */
export function forgetPolicy(metrics: ReviewMetrics, name: string): void {
  const { resources, breaches, inForce, endedExceptions } = metrics;
  for (const metric of [resources, inForce, endedExceptions]) dropSeries(metric, { policy: name });
  dropSeries(breaches, { policy: name }, { action: breachOf });
}
