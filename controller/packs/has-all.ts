/**
 * Whether what is stored has everything that is wanted. It may have more: fields that the API server fills in, and what
 * people have added. Lists must be as they are wanted, item by item.
 */
export function hasAll(stored: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted))
    return (
      Array.isArray(stored) &&
      stored.length === wanted.length &&
      wanted.every((item, index) => hasAll(stored[index], item))
    );
  if (typeof wanted === 'object' && wanted !== null)
    return (
      typeof stored === 'object' &&
      stored !== null &&
      Object.entries(wanted).every(([key, value]) =>
        hasAll((stored as Readonly<Record<string, unknown>>)[key], value),
      )
    );
  return stored === wanted;
}
