import type { Kind } from './kind.ts';
import { keep, placesAt, rewritten, walk, written, type Step } from './path.ts';
import { PerValue } from './per-value.ts';
import { parseSecretSource, type SecretSource } from './secret-source.ts';

/** A value that stands outside the resource: a key of a Secret or, in policy parameters, of a ConfigMap. */
export interface Sourced {
  readonly path: string;
  readonly from: 'Secret' | 'ConfigMap';
  readonly source: SecretSource;
}

/**
 * Every place of a checked spec at which a secret stands: those that the row names, and in free-form parameters
 * every object whose only key is `valueFrom` with a secretKeyRef or a configMapKeyRef.
 */
export function sourcesOf(row: Kind, spec: unknown): readonly Sourced[] {
  return sources.of(spec, row.kind, () => found(row, spec));
}

/** One review asks several times. */
const sources = new PerValue<readonly Sourced[]>();

function found(row: Kind, spec: unknown): readonly Sourced[] {
  const named: Sourced[] = row.secrets
    .flatMap((pattern) => placesAt(spec, pattern))
    .flatMap(({ path, value }) => {
      const parsed = parseSecretSource(value, path);
      return 'source' in parsed ? [{ path, from: 'Secret' as const, source: parsed.source }] : [];
    });
  const taken = new Set(named.map(({ path }) => path));
  const free: Sourced[] = [];
  walk(spec, (value, steps) => {
    if (taken.size > 0 && taken.has(written(steps))) return false;
    const source = freeFormSource(value);
    if (source === undefined) return true;
    free.push({ path: written(steps), ...source });
    return false;
  });
  return [...named, ...free];
}

/**
 * The spec with every secret in its place as the plain string that the gateway wants; optional ones may vanish. Itself,
 * and no copy, where it has none.
 */
export function resolvedSpec(
  row: Kind,
  spec: unknown,
  read: (sourced: Sourced) => string | undefined,
): unknown {
  const places = new Map(sourcesOf(row, spec).map((sourced) => [sourced.path, sourced]));
  if (places.size === 0) return spec;
  const replaced = rewritten(spec, (_value, steps: readonly Step[]) => {
    const sourced = places.get(written(steps));
    return sourced === undefined ? keep : read(sourced);
  });
  return JSON.parse(JSON.stringify(replaced)) as unknown;
}

function freeFormSource(value: unknown): Omit<Sourced, 'path'> | undefined {
  const valueFrom = onlyField(value, 'valueFrom');
  const secret = onlyField(valueFrom, 'secretKeyRef');
  const configMap = onlyField(valueFrom, 'configMapKeyRef');
  const selector = secret ?? configMap;
  if (typeof selector !== 'object' || selector === null) return undefined;
  const { name, key, optional } = selector as Record<string, unknown>;
  if (typeof name !== 'string' || typeof key !== 'string') return undefined;
  const from = secret === undefined ? 'ConfigMap' : 'Secret';
  return { from, source: { is: 'key', name, key, optional: optional === true } };
}

function onlyField(value: unknown, field: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const found = (value as Record<string, unknown>)[field];
  if (found === undefined) return undefined;
  const keys = Object.keys(value);
  return keys.length === 1 && keys[0] === field ? found : undefined;
}
