import type { Breach } from '../src/review/breach.ts';

/** So much of the breaches goes into the audit log, in UTF-16 units; the rest is a number. */
const longest = 8192;

/**
 * The annotations of the audit log's entry: under `review` every breach as JSON, also those that were refused, warned
 * about or excused. The API server puts the webhook's name before the key.
 */
export function auditOf(breaches: readonly Breach[]): Readonly<Record<string, string>> | undefined {
  if (breaches.length === 0) return undefined;
  let length = 2;
  const shown = breaches.filter((breach) => (length += JSON.stringify(breach).length + 1) <= longest);
  const more = breaches.length - shown.length;
  return { review: JSON.stringify(more === 0 ? shown : [...shown, { more }]) };
}
