import { written, type Step } from './path.ts';

type Json = Readonly<Record<string, unknown>>;

/** What the API server finds wrong with a value by the structure of its schema, as written paths. */
export interface Misfits {
  /** Fields that the schema does not know: the API server drops them, and kubectl has it refuse them (`--validate=strict`, its default). */
  readonly unknown: readonly string[];
  /** Integers that 64 bits can't hold. */
  readonly large: readonly string[];
}

/** One more than the largest integer of 64 bits. */
const limit = 2 ** 63;

export function misfitsOf(schema: unknown, value: unknown): Misfits {
  const found = { unknown: [] as string[], large: [] as string[] };
  visit(schema, value, ['spec'], found);
  return found;
}

function visit(
  schema: unknown,
  value: unknown,
  steps: readonly Step[],
  found: { readonly unknown: string[]; readonly large: string[] },
): void {
  const { properties, items, additionalProperties, type, ...others } = (schema ?? {}) as Json;
  if (others['x-kubernetes-preserve-unknown-fields'] === true) return;
  if (typeof value === 'number' && type === 'integer' && (value >= limit || value < -limit))
    found.large.push(written(steps));
  if (Array.isArray(value)) value.forEach((item, index) => visit(items, item, [...steps, index], found));
  else if (typeof value === 'object' && value !== null && type === 'object') {
    const known = (properties ?? {}) as Json;
    for (const [key, part] of Object.entries(value)) {
      const at = [...steps, key];
      if (Object.hasOwn(known, key)) visit(known[key], part, at, found);
      else if (typeof additionalProperties === 'object') visit(additionalProperties, part, at, found);
      else if (additionalProperties !== true) found.unknown.push(written(at));
    }
  }
}
