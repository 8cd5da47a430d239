import type { StatedBreach } from '../../src/review/policy-status.ts';
import type { Breach } from '../../src/review/breach.ts';
import { titled } from '../../src/model/resource.ts';
import type { Finding } from './finding.ts';
import { graverFirst } from './gravity.ts';

/** What all resources together make of one policy. */
export interface Tally {
  readonly reviewed: number;
  readonly denied: number;
  readonly warned: number;
  readonly audited: number;
  readonly excused: number;
  /** Rules that could not be evaluated; they are counted nowhere else. */
  readonly failed: number;
  /** The first ones, the gravest before the others and each gravity in the order of names. */
  readonly violations: readonly StatedBreach[];
}

export const mostViolations = 20;

export const noTally: Tally = {
  reviewed: 0,
  denied: 0,
  warned: 0,
  audited: 0,
  excused: 0,
  failed: 0,
  violations: [],
};

type Counts = Record<Exclude<keyof Tally, 'violations'>, number>;

/** By policy, what was found of it. */
export function talliesOf(findings: Iterable<Finding>): ReadonlyMap<string, Tally> {
  const counts = new Map<string, Counts>();
  const violations = new Map<string, StatedBreach[]>();
  const countsOf = (policy: string) => {
    const { violations: _, ...none } = noTally;
    const known = counts.get(policy) ?? { ...none };
    counts.set(policy, known);
    return known;
  };
  for (const finding of findings) {
    for (const policy of finding.about) countsOf(policy).reviewed += 1;
    for (const breach of finding.breaches) {
      countsOf(breach.policy)[sortOf(breach)] += 1;
      if (breach.excused !== undefined) continue;
      const list = violations.get(breach.policy) ?? [];
      list.push(stated(finding, breach));
      violations.set(breach.policy, list);
    }
  }
  return new Map(
    [...counts].map(([policy, of]) => [
      policy,
      { ...of, violations: (violations.get(policy) ?? []).toSorted(byGravity).slice(0, mostViolations) },
    ]),
  );
}

const sorts = { Deny: 'denied', Warn: 'warned', Audit: 'audited' } as const;

function sortOf({ excused, failed, action }: Breach): keyof Counts {
  if (failed !== undefined) return 'failed';
  return excused === undefined ? sorts[action] : 'excused';
}

function stated({ resource: { kind, metadata } }: Finding, breach: Breach): StatedBreach {
  const { namespace, name } = metadata;
  const { rule, action, path, message } = breach;
  return { kind, namespace, name, rule, action, path, message };
}

function byGravity(one: StatedBreach, other: StatedBreach): number {
  return graverFirst(one, other) || placeOf(one).localeCompare(placeOf(other), 'en');
}

function placeOf({ kind, namespace, name, rule }: StatedBreach): string {
  return `${titled({ kind, metadata: { namespace, name } })} ${rule}`;
}
