import { callsOf } from './expression.ts';
import type { Kind, Reference } from './kind.ts';

/** The function by which a spec names a secret that the gateway holds. */
const secretFunction = 'secret';

/** Everything of its own namespace that a checked spec refers to: by its fields, and in templates. */
export function referencesOf(row: Kind, spec: unknown): readonly Reference[] {
  // An empty name is a fault of its own.
  const named = row.references(spec).filter(({ name }) => name !== '');
  if (row.wire.is !== 'envelope' || !row.wire.templated) return named;
  const { secretKinds = [] } = row.wire;
  const seen = new Set<string>();
  const expressed = callsOf(spec).flatMap(({ path, function: name, argument }) => {
    if (name !== secretFunction || argument === undefined || seen.has(argument)) return [];
    seen.add(argument);
    return [{ path: `spec.${path}`, kinds: secretKinds, name: argument, by: 'name' as const }];
  });
  return [...named, ...expressed];
}

/** Whether a checked spec refers to a resource of its namespace. */
export function refersTo(
  row: Kind,
  spec: unknown,
  referent: { readonly row: Kind; readonly name: string; readonly spec: unknown },
): boolean {
  return referencesOf(row, spec).some((reference) => satisfies(reference, referent.row, referent));
}

/** Whether a resource satisfies a reference: by its name, or by its natural key where the reference allows it. */
export function satisfies(
  reference: Reference,
  row: Kind,
  resource: { readonly name: string; readonly spec: unknown },
): boolean {
  if (!reference.kinds.includes(row.kind)) return false;
  if (resource.name === reference.name) return true;
  return reference.by === 'key' && row.title?.(resource.spec) === reference.name;
}

/** Under which an index lists who refers to a resource of a namespace, by its name or by its natural key. */
export function referenceKey(namespace: string, kind: string, name: string): string {
  return `${namespace}/${kind}/${name}`;
}
