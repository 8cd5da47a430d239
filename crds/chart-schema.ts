import type { ChartValue } from './chart-values.ts';
import { formats, type Schema } from './chart-formats.ts';

/** What has to be said together, in the words of JSON Schema. */
const together: readonly Schema[] = [
  demands({ certificates: { mode: 'vault' } }, { certificates: { vault: ['address', 'role'] } }),
  demands(
    { certificates: { mode: 'vault', vault: { login: { method: 'kubernetes' } } } },
    { certificates: { vault: { login: ['role'] } } },
  ),
  demands(
    { certificates: { mode: 'vault', vault: { login: { method: 'approle' } } } },
    { certificates: { vault: { login: ['roleId'], 'login.secret': ['name', 'key'] } } },
  ),
  demands(
    { certificates: { mode: 'vault', vault: { login: { method: 'token' } } } },
    { certificates: { vault: { 'login.secret': ['name', 'key'] } } },
  ),
];

/** A schema for the values of the chart that refuses whatever is not among them. Draft 7, which helm 3 and 4 read. */
export function valuesSchema(values: readonly ChartValue[]): Schema {
  const unused = new Set(Object.keys(formats));
  const root = emptyObject();
  for (const { path, default: value, description } of values) {
    const format = formatOf(path, unused) ?? plain(value);
    if (format === undefined)
      throw new Error(`crds/chart-formats.ts does not say what ${path.join('.')} looks like`);
    let parent = root;
    for (const key of path.slice(0, -1)) parent = (parent.properties[key] ??= emptyObject()) as ObjectSchema;
    parent.properties[path.at(-1) ?? ''] = { description, ...format };
  }
  if (unused.size > 0)
    throw new Error(`crds/chart-formats.ts knows values that are not there: ${[...unused].join(', ')}`);
  // A chart that has this one as a part may switch it off by `enabled`, and helm adds `global`.
  root.properties.enabled = { type: 'boolean' };
  root.properties.global = { type: 'object' };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Values of Portcullis',
    ...root,
    allOf: together,
  };
}

interface ObjectSchema extends Schema {
  readonly properties: Record<string, Schema>;
}

function emptyObject(): ObjectSchema {
  return { type: 'object', additionalProperties: false, properties: {} };
}

/** By the whole path, or by its end where a format holds wherever a key stands. */
function formatOf(path: readonly string[], unused: Set<string>): Schema | undefined {
  for (let from = 0; from < path.length; from += 1) {
    const name = (from === 0 ? '' : '*.') + path.slice(from).join('.');
    const format = formats[name];
    if (format === undefined) continue;
    unused.delete(name);
    return format;
  }
  return undefined;
}

/** What needs no more than its type. */
function plain(value: unknown): Schema | undefined {
  if (typeof value === 'boolean') return { type: 'boolean' };
  return typeof value === 'string' ? { type: 'string' } : undefined;
}

interface Given {
  readonly [key: string]: string | Given;
}
interface Wanted {
  readonly [key: string]: readonly string[] | Wanted;
}

/** Where values are as given, others must not be empty. */
function demands(given: Given, wanted: Wanted): Schema {
  return { if: being(given), then: wanting(wanted) };
}

function being(given: Given): Schema {
  const properties = Object.fromEntries(
    Object.entries(given).map(([key, value]) => [
      key,
      typeof value === 'string' ? { const: value } : being(value),
    ]),
  );
  return { properties, required: Object.keys(given) };
}

function wanting(wanted: Wanted): Schema {
  const filled = (names: readonly string[]) => ({
    properties: Object.fromEntries(names.map((name) => [name, { minLength: 1 }])),
    required: names,
  });
  const allOf = Object.entries(wanted).map(([path, below]) =>
    path
      .split('.')
      .reduceRight<Schema>(
        (inner, key) => ({ properties: { [key]: inner }, required: [key] }),
        isList(below) ? filled(below) : wanting(below),
      ),
  );
  return allOf.length === 1 ? (allOf[0] ?? {}) : { allOf };
}

function isList(below: readonly string[] | Wanted): below is readonly string[] {
  return Array.isArray(below);
}
