import { isDeepStrictEqual } from 'node:util';
import { setCondition } from '../../src/kube/resource.ts';
import { sentence, type Violation } from '../../src/model/violation.ts';
import type { ReviewPolicyStatus } from '../../src/review/policy-status.ts';
import { endingOf } from './exceptions.ts';
import type { Tally } from './tally.ts';

/** What the status of a policy derives from. */
export interface PolicySituation {
  readonly generation: number;
  readonly spec: unknown;
  /** Why it doesn't compile; none where it does. */
  readonly faults: readonly Violation[];
  readonly tally: Tally;
  /** Resources that have not been reviewed since the policy became what it is. */
  readonly outstanding: number;
  /** The namespaces that are watched; undefined where all are. */
  readonly namespaces: readonly string[] | undefined;
}

type Conditions = NonNullable<ReviewPolicyStatus['conditions']>;
type News = Omit<Conditions[number], 'lastTransitionTime' | 'observedGeneration'>;

/** The whole status of a policy. */
export function policyStatusOf(
  before: ReviewPolicyStatus | undefined,
  situation: PolicySituation,
  now: Date,
): ReviewPolicyStatus {
  const { generation, spec, tally, outstanding } = situation;
  const { ended, ending } = endingOf(spec, now);
  const { rules } = (spec ?? {}) as { readonly rules?: readonly unknown[] };
  const compiled = compiling(situation);
  const lastReviewTime = outstanding === 0 ? now.toISOString() : before?.lastReviewTime;
  return {
    observedGeneration: generation,
    ...(Array.isArray(rules) ? { rules: rules.length } : {}),
    ...tally,
    ...(lastReviewTime === undefined ? {} : { lastReviewTime }),
    ...(ended.length === 0 ? {} : { endedExceptions: ended }),
    ...(ending.length === 0 ? {} : { endingExceptions: ending }),
    conditions: [compiled, readiness(compiled, situation)].reduce<Conditions>(
      (all, next) => [
        ...all,
        ...setCondition(
          before?.conditions?.filter(({ type }) => type === next.type),
          { ...next, observedGeneration: generation },
          now,
        ),
      ],
      [],
    ),
  };
}

/** Whether two statuses say the same but for the time of the last review, which alone is no news. */
export function isSameStatus(one: ReviewPolicyStatus | undefined, other: ReviewPolicyStatus): boolean {
  return isDeepStrictEqual(plain(one), plain(other));
}

function plain(status: ReviewPolicyStatus | undefined): unknown {
  const { lastReviewTime: _, ...rest } = status ?? {};
  return JSON.parse(JSON.stringify(rest));
}

function compiling({ faults }: PolicySituation): News {
  const type = 'Compiled';
  return faults.length === 0
    ? { type, status: 'True', reason: 'Compiled', message: 'every expression fits' }
    : { type, status: 'False', reason: 'DoesNotCompile', message: faults.map(sentence).join('; ') };
}

/** True once everything that is stored has been judged by the policy as it is. */
function readiness(compiled: News, { tally, outstanding, namespaces }: PolicySituation): News {
  const type = 'Ready';
  if (compiled.status !== 'True') return { ...compiled, type };
  const where =
    namespaces === undefined ? '' : ` in the namespaces ${namespaces.join(', ')}, which alone are watched`;
  if (outstanding > 0)
    return {
      type,
      status: 'False',
      reason: 'Reviewing',
      message: `some of what is stored${where} has not been reviewed yet`,
    };
  const message = `it is about ${tally.reviewed} of the resources that are stored${where}, and all of them are reviewed`;
  return { type, status: 'True', reason: 'Reviewed', message };
}
