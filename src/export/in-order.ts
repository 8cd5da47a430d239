import { creationOrder } from '../model/creation-order.ts';
import type { KindTable } from '../model/kind-table.ts';
import type { Kind } from '../model/kind.ts';
import type { Manifest } from './manifest.ts';

/** By kind, none before one that it refers to, then by namespace and name: the same of the same, whatever its order was. */
export function inOrder<Of extends { readonly row: Kind; readonly manifest: Manifest }>(
  resources: readonly Of[],
  table: KindTable,
): readonly Of[] {
  const order = creationOrder(table);
  const key = ({ row, manifest: { metadata } }: Of) => {
    const place = String(order.indexOf(row)).padStart(3, '0');
    return `${place}/${metadata.namespace ?? ''}/${metadata.name}`;
  };
  return resources.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
}
