/**
 * One fault of one resource, in the words that its author reads. `path` starts at the object (`spec.version`),
 * `fault` completes "<path>: …", `remedy` says the way out where the fault alone doesn't.
 * A `value` is shown only where it can't be a secret.
 */
export interface Violation {
  readonly path: string;
  readonly fault: string;
  readonly value?: unknown;
  readonly remedy?: string;
}

const longestValue = 120;

/** The one line that stands for a violation in kubectl, in a status and in a log. */
export function sentence(violation: Violation): string {
  const got = violation.value === undefined ? '' : `, got ${shown(violation.value)}`;
  const remedy = violation.remedy === undefined ? '' : `; ${violation.remedy}`;
  return `${violation.path}: ${violation.fault}${got}${remedy}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}
