/** A value found in a spec and where, as `upstream.auth.value` or `operations[1].path`. */
export interface Place {
  readonly path: string;
  readonly value: unknown;
}

export type Step = string | number;

/** Writes steps as people read them: `operations[1].path`; keys that are no identifiers in brackets. */
export function written(steps: readonly Step[]): string {
  return steps.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    if (!/^[A-Za-z_$][\w$-]*$/.test(step)) return `${text}[${JSON.stringify(step)}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

/** Reads what `written` wrote. */
export function stepsOf(path: string): readonly Step[] {
  return [...path.matchAll(/(?:^|\.)([A-Za-z_$][\w$-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)].map(
    ([, name, index, quoted]) =>
      name ?? (index === undefined ? (JSON.parse(quoted ?? '""') as string) : Number(index)),
  );
}

/** The part of a value at some steps; undefined where there is none. */
export function valueAt(value: unknown, steps: readonly Step[]): unknown {
  return steps.reduce<unknown>(
    (part, step) =>
      typeof part === 'object' && part !== null ? (part as Record<string, unknown>)[step] : undefined,
    value,
  );
}

/** Reads a JSON pointer of a schema error (`/operations/1/path`) against the value that it points into. */
export function pointerSteps(pointer: string): readonly Step[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** Everything that a pattern such as `additionalProviders[].auth.value` matches in a value. */
export function placesAt(value: unknown, pattern: string): readonly Place[] {
  const found: Place[] = [];
  descend(value, patternSteps(pattern), [], found);
  return found;
}

/** Patterns stand in rows, so there are few of them. */
const patterns = new Map<string, readonly string[]>();

function patternSteps(pattern: string): readonly string[] {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  const steps = pattern
    .replaceAll('[]', '.[]')
    .split('.')
    .filter((step) => step !== '');
  patterns.set(pattern, steps);
  return steps;
}

/** A path is written only where something is found: most patterns match nothing in most specs. */
function descend(value: unknown, pattern: readonly string[], steps: Step[], found: Place[]): void {
  const step = pattern[steps.length];
  if (step === undefined) {
    found.push({ path: joined(steps), value });
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (step === '[]') {
    if (!Array.isArray(value)) return;
    for (let index = 0; index < value.length; index += 1)
      descendAt(index, value[index], pattern, steps, found);
    return;
  }
  const child = (value as Record<string, unknown>)[step];
  if (child !== undefined) descendAt(step, child, pattern, steps, found);
}

function descendAt(
  step: Step,
  child: unknown,
  pattern: readonly string[],
  steps: Step[],
  found: Place[],
): void {
  steps.push(step);
  descend(child, pattern, steps, found);
  steps.pop();
}

function joined(steps: readonly Step[]): string {
  return steps.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

/** A copy of a JSON value in which `change` may replace any part; children are only visited where it answers `keep`. */
export const keep = Symbol('keep');

export function rewritten(
  value: unknown,
  change: (value: unknown, steps: readonly Step[]) => unknown,
  steps: readonly Step[] = [],
): unknown {
  const replaced = change(value, steps);
  if (replaced !== keep) return replaced;
  if (Array.isArray(value)) return value.map((item, index) => rewritten(item, change, [...steps, index]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, rewritten(child, change, [...steps, key])]),
  );
}

/**
 * Calls `visit` for every part of a JSON value, parents first; children are skipped where it answers false. The steps
 * (after those that lead to the value itself) are those of this moment: whoever keeps them copies them, or writes them
 * down at once.
 */
export function walk(
  value: unknown,
  visit: (value: unknown, steps: readonly Step[]) => boolean,
  steps: readonly Step[] = [],
): void {
  descendInto(value, visit, [...steps]);
}

/** One list of steps serves the whole walk: a copy for every part is most of what a walk costs. */
function descendInto(
  value: unknown,
  visit: (value: unknown, steps: readonly Step[]) => boolean,
  steps: Step[],
): void {
  if (!visit(value, steps) || typeof value !== 'object' || value === null) return;
  const children = Array.isArray(value) ? value : Object.keys(value);
  for (let index = 0; index < children.length; index += 1) {
    const step = Array.isArray(value) ? index : (children[index] as string);
    steps.push(step);
    descendInto((value as Record<Step, unknown>)[step], visit, steps);
    steps.pop();
  }
}
