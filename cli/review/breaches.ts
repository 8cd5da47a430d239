import { gatherKeys } from '../../src/checks/gather.ts';
import type { Kind } from '../../src/model/kind.ts';
import type { Resource } from '../../src/model/resource.ts';
import { sourcesOf } from '../../src/model/spec-secrets.ts';
import { publicValuesOf } from '../../src/review/public-values.ts';
import type { Reviewer } from '../../src/review/reviewer.ts';
import { selectedBy } from '../../src/selection/gateways.ts';
import { judgeResource } from '../validate/judge.ts';
import type { Bench } from '../validate/bench.ts';

/** What breaks what. */
export interface Broken {
  /** Absent for the rules of admission themselves. */
  readonly policy?: string;
  /** The rule of the policy, or the check of admission. */
  readonly rule: string;
  readonly action: 'Deny' | 'Warn' | 'Audit';
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
  readonly message: string;
  readonly excused?: { readonly reason: string; readonly expires: string };
  /** Set where the rule could not be evaluated. */
  readonly failed?: 'error' | 'limit';
}

/** What a resource breaks of the policies, as it is stored and whoever wrote it. */
export async function brokenPolicies(
  row: Kind,
  resource: Resource,
  reviewer: Reviewer,
  { view, holders, options }: Bench,
): Promise<readonly Broken[]> {
  if (!reviewer.isNeeded) return [];
  const { namespace } = resource.metadata;
  const keys =
    row.secretsArePublic === true ? await gatherKeys(sourcesOf(row, resource.spec), namespace, holders) : [];
  const breaches = await reviewer.review({
    row,
    object: resource,
    old: undefined,
    request: undefined,
    namespace: {
      name: namespace,
      labels: view.labelsOf(namespace),
      annotations: view.annotationsOf(namespace),
    },
    selected: view.isAssumed ? [] : selectedBy(view.gateways(), resource),
    now: options.now,
    publicValues: publicValuesOf(keys),
  });
  return breaches.map(({ standing: _, ...breach }) => ({ ...breach, ...placeOf(resource) }));
}

/** What admission itself would say of a resource if it were written now for the first time. */
export async function brokenRules(row: Kind, resource: Resource, bench: Bench): Promise<readonly Broken[]> {
  const { apiVersion, kind, metadata, spec } = resource;
  const { name, namespace, labels, annotations } = metadata;
  const value = { apiVersion, kind, metadata: { name, namespace, labels, annotations }, spec };
  const document = { file: '', isNamed: true, value: plain(value), at: () => ({ line: 1, column: 1 }) };
  // What stands already excuses nothing here, and policies are asked by themselves.
  const anew: Bench = { ...bench, storedOf: () => undefined, review: () => Promise.resolve([]) };
  const said = await judgeResource({ document, row, object: resource }, anew);
  return said.map(({ check, verdict, path, fault, remedy }) => ({
    rule: check,
    action: verdict === 'deny' ? ('Deny' as const) : ('Warn' as const),
    ...placeOf(resource),
    path,
    message: remedy === undefined ? fault : `${fault}; ${remedy}`,
  }));
}

function plain(value: object): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(value)) as Readonly<Record<string, unknown>>;
}

function placeOf({ kind, metadata: { namespace, name } }: Resource) {
  return { kind, namespace, name };
}

const order = { Deny: 0, Warn: 1, Audit: 2 } as const;

/** By policy, then rule, then what it leads to, then resource. Those of admission come last. */
export function inOrder(one: Broken, other: Broken): number {
  return (
    (one.policy ?? '\uffff').localeCompare(other.policy ?? '\uffff') ||
    one.rule.localeCompare(other.rule) ||
    order[one.action] - order[other.action] ||
    `${one.kind}/${one.namespace}/${one.name}`.localeCompare(`${other.kind}/${other.namespace}/${other.name}`)
  );
}

/** Whether the resource would be refused for it. */
export function isRefusal({ action, excused }: Broken): boolean {
  return action === 'Deny' && excused === undefined;
}
