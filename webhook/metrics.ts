import type { Registry } from 'prom-client';
import { counter, gauge, histogram } from '../src/runtime/metrics.ts';

export const verdicts = ['allowed', 'denied', 'error', 'overload', 'unreadable'] as const;

/** Everything that the admission process counts. */
export function webhookMetrics(registry: Registry) {
  return {
    reviews: counter(registry, {
      name: 'portcullis_webhook_reviews_total',
      help: 'Reviews answered, by webhook and verdict.',
      labels: { webhook: ['validate', 'mutate'], verdict: verdicts },
    }),
    seconds: histogram(registry, {
      name: 'portcullis_webhook_review_duration_seconds',
      help: 'Time from the whole body to the answer.',
      labels: { webhook: ['validate', 'mutate'] },
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    }),
    inFlight: gauge(registry, { name: 'portcullis_webhook_reviews_in_flight', help: 'Reviews under way.' }),
  };
}

export type WebhookMetrics = ReturnType<typeof webhookMetrics>;
