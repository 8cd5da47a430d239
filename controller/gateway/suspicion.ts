import type { Drift } from '../metrics.ts';

/** Why what we believe to stand at a gateway is to be looked at before it is believed: a comparison has found drift. */
export interface Suspicion {
  readonly drift: Drift;
  /** Of the resource when it was found: a later one changes what is wanted. */
  readonly generation: number;
}

/** So many fields are named; the others are counted. */
const most = 5;

/** As much of a path as is shown: a gateway may have keys of any length. */
const longest = 120;

/** Paths that differ, for people. Never values. */
export function namedFields(paths: readonly string[]): string {
  const named = paths.slice(0, most).map((path) => path.slice(0, longest));
  const rest = paths.length - named.length;
  return rest > 0 ? `${named.join(', ')} and ${rest} more` : named.join(', ');
}

/** Whether all that should stand at a gateway has gone. Of one alone nobody can say whether it was meant. */
export function isWiped(missing: number, compared: number): boolean {
  return missing > 1 && missing === compared;
}
