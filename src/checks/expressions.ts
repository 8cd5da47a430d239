import { templatesOf, type Call } from '../model/expression.ts';
import type { Kind } from '../model/kind.ts';
import type { Violation } from '../model/violation.ts';
import { denied, type Check } from './input.ts';

/**
 * What a template may call, and with how many values at least and at most: nothing that reads the gateway's
 * environment, nothing that loops, no variables.
 */
const harmless: Readonly<Record<string, readonly [number, number]>> = {
  secret: [1, 1],
  default: [2, 2],
  required: [2, 2],
  redact: [1, 1],
  lower: [1, 1],
  upper: [1, 1],
  trim: [1, 1],
  replace: [3, 3],
  printf: [1, Infinity],
  len: [1, 1],
};

const wayOut = 'only secret and text functions are allowed; to send {{ as text, write {{ "{{" }}';

/**
 * The gateway runs every string of a templated document. `secret` becomes a reference, and must name a literal so
 * that it can be one; every other function that reads what is not the author's is refused, and so is whatever can't be
 * understood: it might do anything.
 */
export const expressions: Check = ({ question, spec }) => expressionFaults(question.row, spec).map(denied);

/** The same of a spec alone. */
export function expressionFaults({ wire }: Kind, spec: unknown): readonly Violation[] {
  if (wire.is !== 'envelope' || !wire.templated) return [];
  const { calls, unreadable } = templatesOf(spec);
  return [
    ...unreadable.map(({ path, fault }) => ({
      path: `spec.${path}`,
      fault: `has a template that ${fault}`,
      remedy: wayOut,
    })),
    ...calls.flatMap(faultsOf),
  ];
}

function faultsOf({ path, function: name, argument, values }: Call): readonly Violation[] {
  const at = `spec.${path}`;
  const bounds = Object.hasOwn(harmless, name) ? harmless[name] : undefined;
  if (bounds === undefined) return [{ path: at, fault: `calls ${name} in a template`, remedy: wayOut }];
  if (name === 'secret' && (argument === undefined || values > 1)) {
    const fault = 'calls secret without a name in double quotes';
    return [{ path: at, fault, remedy: 'write {{ secret "name" }}' }];
  }
  const [least, most] = bounds;
  if (values >= least && values <= most) return [];
  const wanted = least === most ? String(least) : `at least ${least}`;
  return [{ path: at, fault: `calls ${name} with ${values} values, it takes ${wanted}` }];
}
