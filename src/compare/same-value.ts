import { written, type Step } from '../model/path.ts';

/** What is known beforehand of the values that are compared. */
export interface ValueContext {
  /** Paths of the wanted value at which a secret stands. */
  readonly secrets: ReadonlySet<string>;
  /** What `$version` in a string is rendered to in lists. */
  readonly version: string | undefined;
  /** Whether absence of a wanted value says nothing, as in lists that show a part only. */
  readonly partial: boolean;
  /** Whether a gateway may have added this by itself. */
  isDefault(path: string, observed: unknown): boolean;
}

/** What a comparison found: paths that differ, and whether something could not be seen. */
export interface Findings {
  readonly differences: string[];
  hidden: boolean;
}

/**
 * Adds to `findings` where an observed value is not the wanted one. Both are parsed JSON, so key order and the
 * spelling of numbers do not matter; null and absent are the same, for a null in a typed field vanishes.
 */
export function compareValues(
  wanted: unknown,
  observed: unknown,
  context: ValueContext,
  findings: Findings,
  steps: readonly Step[] = [],
): void {
  const path = written(steps);
  const here = wanted ?? undefined;
  const there = observed ?? undefined;
  if (here !== undefined && context.secrets.has(path)) {
    compareSecret(here, there, findings, path);
  } else if (here === undefined) {
    if (there !== undefined && !context.isDefault(path, there)) findings.differences.push(path);
  } else if (there === undefined) {
    if (context.partial) findings.hidden = true;
    else findings.differences.push(path);
  } else if (Array.isArray(here) && Array.isArray(there) && here.length === there.length) {
    here.forEach((item, at) => compareValues(item, there[at], context, findings, [...steps, at]));
  } else if (isObject(here) && isObject(there)) {
    for (const key of new Set([...Object.keys(here), ...Object.keys(there)])) {
      compareValues(here[key], there[key], context, findings, [...steps, key]);
    }
  } else if (!isSameScalar(here, there, context.version)) {
    findings.differences.push(path);
  }
}

/** A credential may be hidden altogether, or shown as `***` and its last characters. */
function compareSecret(wanted: unknown, observed: unknown, findings: Findings, path: string): void {
  const mask = typeof observed === 'string' ? /^\*{3,}(.*)$/s.exec(observed) : null;
  if (observed === undefined || (mask !== null && mask[1] === '')) findings.hidden = true;
  else if (mask !== null && typeof wanted === 'string' && wanted.endsWith(mask[1] ?? ''))
    findings.hidden = true;
  else if (wanted !== observed) findings.differences.push(path);
}

function isSameScalar(wanted: unknown, observed: unknown, version: string | undefined): boolean {
  if (wanted === observed) return true;
  if (typeof wanted !== 'string' || typeof observed !== 'string') return false;
  if (version !== undefined && wanted.replaceAll('$version', version) === observed) return true;
  return moment(wanted) !== undefined && moment(wanted) === moment(observed);
}

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Milliseconds of an RFC 3339 moment; an offset may be written in more than one way. */
function moment(text: string): number | undefined {
  return dateTime.test(text) ? Date.parse(text) : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
