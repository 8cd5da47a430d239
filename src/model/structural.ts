import { adviceKeyword, secretKeyword } from './schema.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a CRD's structural schema keeps of ours: the shape. Values are judged by the webhook, all faults at once. */
const kept = [
  'type',
  'description',
  'properties',
  'items',
  'additionalProperties',
  'default',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-list-type',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-map-type',
];

/**
 * The structural schema of a CRD. Constraints on values (`required`, `pattern`, `enum`, bounds) are left out on
 * purpose: the API server would refuse by them before the webhook is asked, in other words and without the faults
 * that only the webhook knows. An enumeration is repeated in the description instead, for `kubectl explain`.
 */
export function structural(schema: unknown): Json {
  const given = schema as Json;
  const entries = kept
    .filter((key) => given[key] !== undefined)
    .map((key) => [key, part(key, given[key])] as const);
  const result: Record<string, unknown> = Object.fromEntries(entries);
  const words = given.enum;
  if (
    Array.isArray(words) &&
    typeof result.description === 'string' &&
    !words.every((word) => (result.description as string).includes(String(word)))
  ) {
    result.description = `${result.description} One of ${words.join(', ')}.`;
  }
  if (given[secretKeyword] === true) delete result.type;
  return result;
}

function part(key: string, value: unknown): unknown {
  if (key === 'properties') {
    return Object.fromEntries(
      Object.entries(value as Json).map(([name, field]) => [name, structural(field)]),
    );
  }
  if (key === 'items' || (key === 'additionalProperties' && typeof value === 'object'))
    return structural(value);
  return value;
}

/** The schema with its advice as constraints: what the management API's document would refuse. */
export function advisedSchema(schema: unknown): Json {
  const given = schema as Json;
  const advice = (given[adviceKeyword] ?? {}) as Json;
  const shape = Object.fromEntries(
    ['type', 'properties', 'items', 'additionalProperties']
      .filter((key) => given[key] !== undefined)
      .map((key) => [key, deep(key, given[key])]),
  );
  return { ...shape, ...advice };
}

function deep(key: string, value: unknown): unknown {
  if (key === 'properties') {
    return Object.fromEntries(
      Object.entries(value as Json).map(([name, field]) => [name, advisedSchema(field)]),
    );
  }
  if (key === 'items' || (key === 'additionalProperties' && typeof value === 'object'))
    return advisedSchema(value);
  return value;
}
