import { escaped } from '../../src/model/expression.ts';
import type { CheckedSpec } from '../../src/model/checked.ts';
import type { ValueReader } from '../../src/kube/value-reader.ts';
import { resolvedSpec, sourcesOf } from '../../src/model/spec-secrets.ts';
import type { Subject } from '../cluster/stored.ts';

export type Resolved =
  | { readonly spec: unknown; readonly secrets: readonly string[]; readonly missing?: never }
  | { readonly missing: string };

/** The spec with every value from outside in its place, and those values, so that no message repeats them. */
export async function resolve(
  { row, resource }: Subject,
  spec: CheckedSpec,
  reader: ValueReader,
): Promise<Resolved> {
  const templated = row.wire.is === 'envelope' && row.wire.templated;
  const values = new Map<string, string>();
  const secrets: string[] = [];
  for (const { path, from, source } of sourcesOf(row, spec)) {
    if (source.is === 'inline') {
      values.set(path, source.value);
      secrets.push(source.value);
      continue;
    }
    const { name, key, optional } = source;
    const value = (await reader.read(from, resource.metadata.namespace, name))?.[key];
    if (value !== undefined) {
      // What comes from outside is data and nothing for the gateway to render.
      values.set(path, templated ? escaped(value) : value);
      secrets.push(value);
    } else if (!optional) {
      return { missing: `spec.${path} wants key ${key} of ${from} ${name}, which is not there` };
    }
  }
  return { spec: resolvedSpec(row, spec, ({ path }) => values.get(path)), secrets };
}
