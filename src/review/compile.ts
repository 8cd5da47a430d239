import { reviewPolicyKind, type ReviewPolicySpec } from '../kinds/review-policy.ts';
import type { SchemaCheck } from '../model/checked.ts';
import type { KindTable } from '../model/kind-table.ts';
import { didYouMean } from '../model/nearest.ts';
import type { Violation } from '../model/violation.ts';
import { createLanguage } from './cel/environment.ts';
import { compilePolicy } from './cel/policy-program.ts';
import { hasEnded } from './match.ts';

export interface PolicyContext {
  readonly table: KindTable;
  readonly schemas: SchemaCheck;
}

/** So many of each a policy may have: more is several policies. */
const most = { rules: 100, variables: 50, rollout: 100, exceptions: 500 } as const;

/**
 * Why a policy can't be: its schema, unknown kinds, names used twice, and expressions that don't parse or don't fit
 * their types. Empty where it is well.
 */
export function faultsOf(spec: unknown, context: PolicyContext): readonly Violation[] {
  const checked = policySpecOf(spec, context);
  if ('violations' in checked) return checked.violations;
  const policy = checked.spec;
  return [
    ...crowded(policy),
    ...unknownKinds(policy, context.table),
    ...repeated('spec.variables', policy.variables ?? []),
    ...repeated('spec.rules', policy.rules),
    ...unknownRules(policy),
    ...compilePolicy(policy, createLanguage()).faults,
  ];
}

/** What is taken and probably not meant: names that nothing uses, exceptions that have ended. */
export function adviceOf(
  spec: unknown,
  context: PolicyContext & { readonly now: Date },
): readonly Violation[] {
  const checked = policySpecOf(spec, context);
  if ('violations' in checked) return [];
  const policy = checked.spec;
  return [...unused(policy), ...ended(policy, context.now), ...idleRollout(policy)];
}

/** The spec as its schema knows it, or what the schema finds wrong. */
export function policySpecOf(
  spec: unknown,
  { schemas }: Pick<PolicyContext, 'schemas'>,
): { readonly spec: ReviewPolicySpec } | { readonly violations: readonly Violation[] } {
  const result = schemas.check(reviewPolicyKind, spec);
  if (result.violations !== undefined) return { violations: result.violations };
  return { spec: result.spec as unknown as ReviewPolicySpec };
}

function crowded(policy: ReviewPolicySpec): readonly Violation[] {
  return Object.entries(most).flatMap(([field, limit]) => {
    const { length } = policy[field as keyof typeof most] ?? [];
    if (length <= limit) return [];
    const fault = `must have at most ${limit} entries, has ${length}`;
    return [{ path: `spec.${field}`, fault, remedy: 'make several policies of it' }];
  });
}

function unknownKinds(policy: ReviewPolicySpec, table: KindTable): readonly Violation[] {
  const known = table.rows.map(({ kind }) => kind);
  const lists = [
    ['spec.match.kinds', policy.match?.kinds] as const,
    ...(policy.exceptions ?? []).map(
      ({ kinds }, index) => [`spec.exceptions[${index}].kinds`, kinds] as const,
    ),
  ];
  return lists.flatMap(([path, kinds]) =>
    (kinds ?? []).flatMap((kind, index) =>
      known.includes(kind)
        ? []
        : [
            {
              path: `${path}[${index}]`,
              fault: 'is no kind of Portcullis',
              value: kind,
              remedy: didYouMean(kind, known) ?? `there is ${known.join(', ')}`,
            },
          ],
    ),
  );
}

function repeated(path: string, entries: readonly { readonly name: string }[]): readonly Violation[] {
  return entries.flatMap(({ name }, index) => {
    const first = entries.findIndex((entry) => entry.name === name);
    if (first === index) return [];
    return [{ path: `${path}[${index}].name`, fault: `repeats ${path}[${first}].name`, value: name }];
  });
}

function unknownRules({ rules, exceptions = [] }: ReviewPolicySpec): readonly Violation[] {
  const names = rules.map(({ name }) => name);
  return exceptions.flatMap(({ rules: excused = [] }, index) =>
    excused.flatMap((rule, at) =>
      names.includes(rule)
        ? []
        : [
            {
              path: `spec.exceptions[${index}].rules[${at}]`,
              fault: 'is no rule of this policy',
              value: rule,
              remedy: didYouMean(rule, names) ?? `there is ${names.join(', ')}`,
            },
          ],
    ),
  );
}

function unused(policy: ReviewPolicySpec): readonly Violation[] {
  const { readVariables } = compilePolicy(policy, createLanguage());
  return (policy.variables ?? []).flatMap(({ name }, index) =>
    readVariables.has(name)
      ? []
      : [{ path: `spec.variables[${index}]`, fault: 'is used by no expression', value: name }],
  );
}

function ended({ exceptions = [] }: ReviewPolicySpec, now: Date): readonly Violation[] {
  return exceptions.flatMap((exception, index) =>
    hasEnded(exception, now)
      ? [
          {
            path: `spec.exceptions[${index}].expires`,
            fault: 'lies in the past, so that nothing is excused',
            value: exception.expires,
            remedy: 'take the exception out, or give it a later end',
          },
        ]
      : [],
  );
}

/** An entry for no namespaces in particular is for all, and those after it are never looked at. */
function idleRollout({ rollout = [] }: ReviewPolicySpec): readonly Violation[] {
  const all = rollout.findIndex(
    ({ namespaces, namespaceSelector }) => namespaces === undefined && namespaceSelector === undefined,
  );
  if (all < 0 || all === rollout.length - 1) return [];
  return [{ path: `spec.rollout[${all}]`, fault: 'is for every namespace, so that none after it counts' }];
}
