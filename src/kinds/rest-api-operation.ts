import { isTemplate } from '../model/expression.ts';
import { advised, list, object, optional, text, type Static } from '../model/schema.ts';
import type { Violation } from '../model/violation.ts';
import { resilience } from './duration.ts';
import { methods } from './naming.ts';
import { policy, policyFaults } from './policy.ts';

const headerMatch = object('A header that a request must have.', {
  name: advised(text('Its name.'), { pattern: "^[a-zA-Z0-9!#$%&'*+\\-.^_`|~]+$" }),
  value: text('Its value.'),
  type: optional(
    advised(text('Exact (the default) or RegularExpression.'), { enum: ['Exact', 'RegularExpression'] }),
  ),
});

export const operation = object('A method and a path, or a match of both.', {
  method: optional(text('HTTP method.')),
  path: optional(text('Path below the context.')),
  description: optional(text('For people; the gateway drops it.')),
  match: optional(
    object('Finer than method and path. Generation 1 only.', {
      method: text('HTTP method.'),
      path: object('The path.', {
        value: text('The path itself.'),
        type: optional(
          advised(text('Exact (the default) or PathPrefix.'), { enum: ['Exact', 'PathPrefix'] }),
        ),
      }),
      headers: optional(list('Headers.', headerMatch)),
    }),
  ),
  policies: optional(list('Policies of this operation.', policy)),
  resilience: optional(resilience),
});

type Operation = Static<typeof operation>;

type Fault = Omit<Violation, 'path'>;

/** A path is written only where something is wrong: an API may have thousands of operations. */
export function operationFaults(
  { match, method, path, policies }: Operation,
  index: number,
): readonly Violation[] {
  const at = (field: string) => `spec.operations[${index}].${field}`;
  // Only generation 1 knows a match, and there it decides, whatever stands beside it.
  const judged =
    match === undefined
      ? ([
          ['method', methodFault(method)],
          ['path', pathFault(path)],
        ] as const)
      : ([
          ['match.method', methodFault(match.method)],
          ['match.path.value', pathFault(match.path.value)],
        ] as const);
  const faults: Violation[] = [];
  for (const [field, fault] of judged) if (fault !== undefined) faults.push({ path: at(field), ...fault });
  if (policies !== undefined) faults.push(...policyFaults(at('policies'), policies));
  return faults;
}

function methodFault(method: string | undefined): Fault | undefined {
  if (method === undefined || method === '') return { fault: 'is required' };
  if (isMethod(method.toUpperCase()) || isTemplate(method)) return undefined;
  return { fault: `must be one of ${methods.join(', ')}`, value: method };
}

function isMethod(method: string): boolean {
  return methods.some((known) => known === method);
}

function pathFault(value: string | undefined): Fault | undefined {
  if (value === undefined || value === '') return { fault: 'is required' };
  if (isTemplate(value)) return undefined;
  if (!value.startsWith('/')) return { fault: 'must start with /', value };
  return count('{', value) === count('}', value) ? undefined : { fault: 'must have as many { as }', value };
}

function count(sign: string, text: string): number {
  let found = 0;
  for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) found += 1;
  return found;
}

/** The gateway takes the same operation twice; only one of the two can ever answer. */
export function repeatedOperations(operations: readonly Operation[]): readonly Violation[] {
  const first = new Map<string, number>();
  const repeated: Violation[] = [];
  for (const [index, { method, path, match }] of operations.entries()) {
    if (method === undefined || path === undefined || match !== undefined) continue;
    const key = `${method.toUpperCase()} ${path}`;
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, index);
    else
      repeated.push({ path: `spec.operations[${index}]`, fault: `repeats ${key} (operations[${earlier}])` });
  }
  return repeated;
}
