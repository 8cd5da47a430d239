type Json = Readonly<Record<string, unknown>>;

/**
 * A value as the API server stores it: a known field that is null counts as absent (`PruneNonNullableNullsWithoutDefaults`
 * of apiextensions-apiserver; none of our fields may be null). The same value where there is nothing to drop.
 */
export function withoutNulls(schema: unknown, value: unknown): unknown {
  const { properties, items, additionalProperties } = (schema ?? {}) as Json;
  if (Array.isArray(value)) {
    const kept = value.map((item) => withoutNulls(items, item));
    return kept.some((item, index) => item !== value[index]) ? kept : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  const known = (properties ?? {}) as Json;
  const entries = Object.entries(value as Json);
  const kept = entries.flatMap(([key, part]) => {
    const own = Object.hasOwn(known, key) ? known[key] : additionalProperties;
    if (typeof own !== 'object') return [[key, part] as const];
    return part === null ? [] : [[key, withoutNulls(own, part)] as const];
  });
  const isSame =
    kept.length === entries.length && kept.every(([, part], index) => part === entries[index]?.[1]);
  return isSame ? value : Object.fromEntries(kept);
}
