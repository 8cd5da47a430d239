import type { KindTable } from './kind-table.ts';
import type { Kind } from './kind.ts';

/** The kinds so that none stands before one that it can refer to: the order in which resources are best created. */
export function creationOrder(table: KindTable): readonly Kind[] {
  const ordered = new Set<Kind>();
  const add = (row: Kind, waiting: ReadonlySet<Kind>): void => {
    if (ordered.has(row) || waiting.has(row)) return;
    for (const kind of kindsReferredTo(row)) add(table.get(kind), new Set([...waiting, row]));
    ordered.add(row);
  };
  for (const row of table.rows) add(row, new Set());
  return [...ordered];
}

/** Every kind that a reference of this one can name: in its fields, in its templates, or what it stands below. */
export function kindsReferredTo({ identity, refersTo = [], wire }: Kind): readonly string[] {
  const below = identity.is === 'nested' ? identity.below : [];
  const rendered = wire.is === 'envelope' && wire.templated ? (wire.secretKinds ?? []) : [];
  return [...new Set([...refersTo, ...below, ...rendered])];
}
