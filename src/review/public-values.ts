import type { FoundKey } from '../checks/input.ts';

/** What was read for a review, by the places in the spec that name it; nothing that the person may not read. */
export function publicValuesOf(keys: readonly FoundKey[]): ReadonlyMap<string, string> {
  return new Map(
    keys.flatMap(({ path, allowed, value }) =>
      allowed && value !== undefined ? [[`spec.${path}`, value] as const] : [],
    ),
  );
}
