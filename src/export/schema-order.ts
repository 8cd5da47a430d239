type Json = Readonly<Record<string, unknown>>;

/** The same value with its fields in the order of a schema, as people write them; what the schema does not know comes last. */
export function inSchemaOrder(value: unknown, schema: unknown): unknown {
  const { properties = {}, items } = (schema ?? {}) as {
    readonly properties?: Json;
    readonly items?: unknown;
  };
  if (Array.isArray(value)) return value.map((item) => inSchemaOrder(item, items));
  if (typeof value !== 'object' || value === null) return value;
  const known = Object.keys(properties);
  const place = (field: string) => (known.includes(field) ? known.indexOf(field) : known.length);
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => place(one) - place(other))
      .map(([field, part]) => [field, inSchemaOrder(part, properties[field])]),
  );
}
