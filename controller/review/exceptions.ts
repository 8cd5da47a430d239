import type { ReviewPolicySpec } from '../../src/kinds/review-policy.ts';
import type { StatedException } from '../../src/review/policy-status.ts';

/** So long before its end an exception is told of. */
export const soonMs = 7 * 24 * 3600_000;

interface Ending {
  readonly ended: readonly StatedException[];
  /** Those that will have ended in a week. */
  readonly ending: readonly StatedException[];
}

/** A policy that came in while nobody looked may have anything there. */
function exceptionsOf(spec: unknown): NonNullable<ReviewPolicySpec['exceptions']> {
  const { exceptions } = (spec ?? {}) as Partial<ReviewPolicySpec>;
  return Array.isArray(exceptions) ? exceptions : [];
}

export function endingOf(spec: unknown, now: Date): Ending {
  const all = exceptionsOf(spec).map(({ reason, expires }, index) => ({
    path: `spec.exceptions[${index}]`,
    reason,
    expires,
  }));
  const leftMs = ({ expires }: StatedException) => Date.parse(expires) - now.getTime();
  return {
    ended: all.filter((one) => leftMs(one) <= 0),
    ending: all.filter((one) => leftMs(one) > 0 && leftMs(one) <= soonMs),
  };
}

/** The next moment after now at which something of these policies ends, or is about to; undefined where there is none. */
export function nextMoment(specs: Iterable<unknown>, now: Date): Date | undefined {
  let next = Infinity;
  for (const spec of specs)
    for (const { expires } of exceptionsOf(spec))
      for (const moment of [Date.parse(expires), Date.parse(expires) - soonMs])
        if (moment > now.getTime()) next = Math.min(next, moment);
  return next === Infinity ? undefined : new Date(next);
}
