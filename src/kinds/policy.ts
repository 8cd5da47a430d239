import { isTemplate } from '../model/expression.ts';
import { generations, type Generation } from '../model/generation.ts';
import type { PolicyUse } from '../model/kind.ts';
import { advised, freeForm, list, object, optional, text, type Static } from '../model/schema.ts';
import type { Violation } from '../model/violation.ts';

/** A policy of a RestApi or Mcp, or one of the newer LLM lists. */
export const policy = object('A policy.', {
  name: text('Name of a policy that the gateway has loaded.'),
  version: optional(text('Its major version, as v1; the newest where absent.')),
  executionCondition: optional(text('When it runs.')),
  params: optional(freeForm('Parameters, as the definition of the policy asks for them.')),
});

export type Policy = Static<typeof policy>;

/** A policy of an LLM kind: parameters by path and method. */
export const pathPolicy = object('A policy by path.', {
  name: text('Name of a policy.'),
  version: text('Its major version, as v1.'),
  executionCondition: optional(text('When it runs.')),
  paths: optional(
    list(
      'Where it runs.',
      object('A path.', {
        path: text('The path.'),
        methods: list(
          'The methods.',
          advised(text('A method, or *.'), {
            enum: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', '*'],
          }),
        ),
        params: optional(freeForm('Parameters.')),
      }),
    ),
  ),
});

export type PathPolicy = Static<typeof pathPolicy>;

/** The gateway takes majors only; a full version or a bare number is refused. */
export function policyFaults(path: string, policies: readonly Policy[] | undefined): readonly Violation[] {
  return (policies ?? []).flatMap((given, index) => versionFault(`${path}[${index}].version`, given.version));
}

/** As `policyFaults`, for LLM lists; only generation 1 checks these. */
export function pathPolicyFaults(
  path: string,
  policies: readonly PathPolicy[] | undefined,
): readonly Violation[] {
  return (policies ?? []).flatMap((given, index) => versionFault(`${path}[${index}].version`, given.version));
}

function versionFault(path: string, version: string | undefined): readonly Violation[] {
  if (version === undefined || version === '' || isTemplate(version) || /^v\d+$/.test(version)) return [];
  const major = /^v?(\d+)(\.|$)/.exec(version)?.[1];
  const remedy = major === undefined ? 'write it as v1' : `write v${major}`;
  return [{ path, fault: 'must be a major version alone', value: version, remedy }];
}

/** Policies that gateways judge by name, version and parameters. */
export function usesOf(
  path: string,
  policies: readonly Policy[] | undefined,
  judgedBy: readonly Generation[] = generations,
): readonly PolicyUse[] {
  return (policies ?? []).map(({ name, version, params }, index) => ({
    path: `${path}[${index}]`,
    name,
    version,
    params: [{ path: `${path}[${index}].params`, value: params ?? {} }],
    namesJudgedBy: judgedBy,
    paramsJudgedBy: judgedBy,
  }));
}

/** Policies by path; 0.9 looks at none of it, and of the older list nobody looks at the parameters. */
export function pathUsesOf(
  path: string,
  policies: readonly PathPolicy[] | undefined,
  { paramsJudgedBy }: Pick<PolicyUse, 'paramsJudgedBy'>,
): readonly PolicyUse[] {
  return (policies ?? []).map(({ name, version, paths }, index) => ({
    path: `${path}[${index}]`,
    name,
    version,
    params: (paths ?? []).map(({ params }, step) => ({
      path: `${path}[${index}].paths[${step}].params`,
      value: params ?? {},
    })),
    namesJudgedBy: ['v1'],
    paramsJudgedBy,
  }));
}

/** So many pairs of an operation and a policy of it are looked at; real APIs have some hundreds. */
const mostPairs = 200_000;

/**
 * Throws where every operation with every policy would be too much to look at: a spec may hold tens of thousands of
 * each. `operations` of a row may throw; whoever asks takes that for what can't be judged.
 */
export function assertFew(operations: number, policies: number): void {
  if (operations * policies > mostPairs)
    throw new RangeError(`has ${operations} operations with ${policies} policies, too many to be reviewed`);
}
