import type { Registry } from 'prom-client';
import { reviewOutcomes } from '../src/review/reviewer.ts';
import { counter, gauge, histogram } from '../src/runtime/metrics.ts';
import { findingSources } from './answer.ts';

/** What a review can end in; the last three are no judgements. */
export const decisions = ['allowed', 'warned', 'denied', 'error', 'overload', 'unreadable'] as const;

export type Decision = (typeof decisions)[number];

const operations = ['CREATE', 'UPDATE', 'DELETE'] as const;
/** Stands for whatever is not of the set, so that a sender can't make series without end. */
const other = 'other';

/** Everything that the admission process counts. `kinds`: those that reviews can be about. */
export function webhookMetrics(registry: Registry, kinds: readonly string[]) {
  const reviews = counter(registry, {
    name: 'portcullis_admission_reviews_total',
    help: 'Validating reviews answered, by kind, operation and decision.',
    labels: { kind: [...kinds, other], operation: [...operations, other], decision: decisions },
  });
  const mutations = counter(registry, {
    name: 'portcullis_admission_mutations_total',
    help: 'Mutating reviews answered, by kind and decision.',
    labels: { kind: [...kinds, other], decision: decisions },
  });
  const violations = counter(registry, {
    name: 'portcullis_admission_violations_total',
    help: 'Faults found, by the check that found them and by what they led to; a review may have several.',
    labels: { check: findingSources, verdict: ['deny', 'warn'] },
  });
  /** Told only when somebody asks. */
  const inFlight = { now: 0 };
  gauge(registry, {
    name: 'portcullis_admission_reviews_in_flight',
    help: 'Reviews under way.',
    collect() {
      this.set(inFlight.now);
    },
  });
  const known = (value: string, values: readonly string[]) => (values.includes(value) ? value : other);
  return {
    review(webhook: 'validate' | 'mutate', kind: string, operation: string, decision: Decision): void {
      const labels = { kind: known(kind, kinds), decision };
      if (webhook === 'mutate') mutations.inc(labels);
      else reviews.inc({ ...labels, operation: known(operation, operations) });
    },
    violations,
    policyRules: counter(registry, {
      name: 'portcullis_admission_policy_rules_total',
      help: 'Rules of review policies that reviews were judged by, by what became of them; excused ones were broken.',
      labels: { outcome: reviewOutcomes },
    }),
    policies: gauge(registry, {
      name: 'portcullis_admission_policies',
      help: 'Review policies that reviews are judged by; faulty ones have rules that can not be evaluated.',
      labels: { state: ['well', 'faulty'] },
    }),
    seconds: histogram(registry, {
      name: 'portcullis_admission_review_duration_seconds',
      help: 'Time from the whole body to the answer.',
      labels: { webhook: ['validate', 'mutate'] },
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    }),
    unreadable: gauge(registry, {
      name: 'portcullis_admission_unreadable_namespaces',
      help: '1 for each watched namespace that may not be read: it does not exist, or our Role is missing there.',
      labels: { namespace: 'open' },
    }),
    notBefore: gauge(registry, {
      name: 'portcullis_admission_certificate_not_before_timestamp_seconds',
      help: 'Since when the certificate that is served is valid, in seconds since 1970; 0 while there is none.',
    }),
    notAfter: gauge(registry, {
      name: 'portcullis_admission_certificate_not_after_timestamp_seconds',
      help: 'When the certificate that is served ends, in seconds since 1970; 0 while there is none.',
    }),
    inFlight,
  };
}

export type WebhookMetrics = ReturnType<typeof webhookMetrics>;
