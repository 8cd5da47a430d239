import type { Json, JsonObject } from '../wire/json.ts';
import { isObject, objectOf, objectsOf, textOf } from '../wire/json.ts';
import { checkResilience } from './durations.ts';
import { checkPolicies } from './policies.ts';
import type { Rulebook, Violation } from './violation.ts';

const methods = new Set(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']);

/** The operations of a RestApi. Repetitions, blanks and query strings in paths pass. */
export function checkOperations(value: Json | undefined, rules: Rulebook): readonly Violation[] {
  const operations = objectsOf(value);
  if (operations.length === 0)
    return [{ field: 'spec.operations', message: 'At least one operation is required' }];
  return operations.flatMap((operation, index) => {
    const field = `spec.operations[${index}]`;
    return [
      ...checkRoute(operation, field),
      ...checkPolicies(operation.policies, `${field}.policies`, rules),
      ...checkResilience(operation.resilience, `${field}.resilience`),
    ];
  });
}

/** Generation 1 also takes a `match` block; where one stands it decides. */
function checkRoute(operation: JsonObject, field: string): readonly Violation[] {
  if (!isObject(operation.match)) {
    return [
      ...checkMethod(textOf(operation.method), `${field}.method`),
      ...checkPath(textOf(operation.path), `${field}.path`),
    ];
  }
  const { match } = operation;
  return [
    ...checkMethod(textOf(match.method), `${field}.match.method`),
    ...checkPath(textOf(objectOf(match.path).value), `${field}.match.path.value`),
  ];
}

function checkMethod(method: string, field: string): readonly Violation[] {
  if (methods.has(method.toUpperCase())) return [];
  const list = 'GET, POST, PUT, DELETE, PATCH, HEAD, or OPTIONS';
  return [{ field, message: `Invalid HTTP method '${method}' (must be ${list})` }];
}

function checkPath(path: string, field: string): readonly Violation[] {
  if (path === '') return [{ field, message: 'Operation path is required' }];
  if (!path.startsWith('/')) return [{ field, message: 'Operation path must start with /' }];
  if (path.split('{').length === path.split('}').length) return [];
  return [{ field, message: 'Operation path has unbalanced braces in path parameters' }];
}
