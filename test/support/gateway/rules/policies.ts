import type { Json, JsonObject } from '../wire/json.ts';
import { objectOf, objectsOf, textOf } from '../wire/json.ts';
import type { Rulebook, Violation } from './violation.ts';

/** Policies with `params`, as they stand in RestApi, Mcp and the global policies of LLM kinds. */
export function checkPolicies(value: Json | undefined, field: string, rules: Rulebook): readonly Violation[] {
  return objectsOf(value).flatMap((policy, index) => {
    const at = `${field}[${index}]`;
    const unknown = checkKnown(policy, at, rules);
    if (unknown.length > 0) return unknown;
    return rules.policies
      .faults(textOf(policy.name), textOf(policy.version), objectOf(policy.params))
      .map(({ where, message }) => ({ field: `${at}.params${where}`, message }));
  });
}

/**
 * Policies whose params stand at paths. In the deprecated list of the LLM kinds only name and version are looked
 * at, in `operationPolicies` the params too; generation 0.9 looks at none of it.
 */
export function checkPathPolicies(
  value: Json | undefined,
  field: string,
  rules: Rulebook,
  params: 'checked' | 'free',
): readonly Violation[] {
  if (rules.api === 'v0.9') return [];
  return objectsOf(value).flatMap((policy, index) => {
    const at = `${field}[${index}]`;
    const unknown = checkKnown(policy, at, rules);
    if (unknown.length > 0 || params === 'free') return unknown;
    return objectsOf(policy.paths).flatMap((path, step) =>
      rules.policies
        .faults(textOf(policy.name), textOf(policy.version), objectOf(path.params))
        .map(({ where, message }) => ({ field: `${at}.paths[${step}].params${where}`, message })),
    );
  });
}

/** The major version selects a definition; an absent or empty one is the newest. */
function checkKnown(policy: JsonObject, at: string, { policies }: Rulebook): readonly Violation[] {
  const [name, version] = [textOf(policy.name), textOf(policy.version)];
  if (name === '') return [{ field: `${at}.name`, message: 'Policy name is required' }];
  if (version !== '' && !/^v\d+$/.test(version)) {
    const rule = 'version must be major-only (e.g., v1); full semantic version (e.g., v1.0.0) is not allowed';
    return [{ field: `${at}.version`, message: `policy '${name}' ${rule}` }];
  }
  if (policies.has(name, version)) return [];
  const what = version === '' ? `policy '${name}'` : `policy '${name}' major version '${version}'`;
  return [{ field: `${at}.version`, message: `${what} not found in loaded policy definitions` }];
}
