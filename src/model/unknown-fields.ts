import { written, type Step } from './path.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * The fields of a value that its schema does not know, as written paths. The API server drops them, and kubectl has it
 * refuse them (`--validate=strict`, its default).
 */
export function unknownFields(schema: unknown, value: unknown, steps: readonly Step[]): readonly string[] {
  const { properties, items, additionalProperties, ...others } = (schema ?? {}) as Json;
  if (others['x-kubernetes-preserve-unknown-fields'] === true) return [];
  if (Array.isArray(value))
    return value.flatMap((item: unknown, index) => unknownFields(items, item, [...steps, index]));
  if (typeof value !== 'object' || value === null || others.type !== 'object') return [];
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) => {
    const at = [...steps, key];
    const known = (properties ?? {}) as Json;
    if (Object.hasOwn(known, key)) return unknownFields(known[key], part, at);
    if (typeof additionalProperties === 'object') return unknownFields(additionalProperties, part, at);
    return additionalProperties === true ? [] : [written(at)];
  });
}
