import type { Operation } from '../model/derived.ts';
import type { PolicyUse } from '../model/kind.ts';
import { list, optional } from '../model/schema.ts';
import type { Violation } from '../model/violation.ts';
import {
  assertFew,
  pathPolicy,
  pathPolicyFaults,
  pathUsesOf,
  policy,
  policyFaults,
  usesOf,
  type PathPolicy,
  type Policy,
} from './policy.ts';

/** The three lists in which LLM kinds hold policies: the old one, and the two that replace it in generation 1. */
export const llmPolicyFields = {
  globalPolicies: optional(list('Policies of every request. Generation 1 only.', policy)),
  operationPolicies: optional(list('Policies by path. Generation 1 only.', pathPolicy)),
  policies: optional(
    list('Policies by path; generation 1 takes them as long as the newer lists are absent.', pathPolicy),
  ),
};

export const newLlmPolicyFields = ['globalPolicies', 'operationPolicies'] as const;

interface LlmPolicies {
  readonly globalPolicies?: readonly Policy[];
  readonly operationPolicies?: readonly PathPolicy[];
  readonly policies?: readonly PathPolicy[];
}

/** What generation 1 refuses; 0.9 looks at none of it. */
export function llmPolicyFaults(spec: LlmPolicies): readonly Violation[] {
  const both = spec.policies !== undefined && (spec.globalPolicies ?? spec.operationPolicies) !== undefined;
  const mixed: readonly Violation[] = both
    ? [
        {
          path: 'spec.policies',
          fault: 'must not stand beside globalPolicies or operationPolicies',
          remedy: 'move its entries to operationPolicies',
        },
      ]
    : [];
  return [
    ...mixed,
    ...policyFaults('spec.globalPolicies', spec.globalPolicies),
    ...pathPolicyFaults('spec.operationPolicies', spec.operationPolicies),
    ...pathPolicyFaults('spec.policies', spec.policies),
  ];
}

export function llmPolicyUses(spec: LlmPolicies): readonly PolicyUse[] {
  return [
    ...usesOf('spec.globalPolicies', spec.globalPolicies, ['v1']),
    ...pathUsesOf('spec.operationPolicies', spec.operationPolicies, { paramsJudgedBy: ['v1'] }),
    ...pathUsesOf('spec.policies', spec.policies, { paramsJudgedBy: [] }),
  ];
}

/** What is open of every path and method, and each path and method for which policies are said. */
export function llmOperations(spec: LlmPolicies): readonly Operation[] {
  const global = (spec.globalPolicies ?? []).map((_, index) => index);
  const placed = [
    ...placesOf('spec.operationPolicies', spec.operationPolicies, global.length),
    ...placesOf('spec.policies', spec.policies, global.length + (spec.operationPolicies?.length ?? 0)),
  ];
  const all = { path: 'spec', method: '*', route: '/*' };
  assertFew(placed.length, placed.length + global.length);
  const calls = new Map([all, ...placed].map((call) => [`${call.method} ${call.route}`, call]));
  return [...calls.values()].map(({ path, method, route }) => ({
    path,
    method,
    route,
    policies: [
      ...global,
      ...placed.filter((place) => covers(place, { method, route })).map(({ policy: index }) => index),
    ],
  }));
}

interface Call {
  readonly method: string;
  readonly route: string;
}

function placesOf(path: string, policies: readonly PathPolicy[] | undefined, first: number) {
  return (policies ?? []).flatMap(({ paths }, index) =>
    (paths ?? []).flatMap(({ path: route, methods }, at) =>
      methods.map((method) => ({
        path: `${path}[${index}].paths[${at}]`,
        method: method.toUpperCase(),
        route,
        policy: first + index,
      })),
    ),
  );
}

/** Whether all that one of them matches the other matches too. */
function covers(wide: Call, narrow: Call): boolean {
  const stem = wide.route.endsWith('*') ? wide.route.slice(0, -1) : undefined;
  return (
    (wide.method === '*' || wide.method === narrow.method) &&
    (wide.route === narrow.route || (stem !== undefined && narrow.route.startsWith(stem)))
  );
}
