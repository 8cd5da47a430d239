import type { Cluster } from '../cluster/cluster.ts';
import type { Book } from '../status/book.ts';
import { mayBeThere } from '../../src/model/standing.ts';
import { entryKey, type Entry } from './entry.ts';

/** Everything that, by the statuses of the resources, stands at a gateway. */
export function claimsAt(
  gateway: string,
  { cluster, book }: { readonly cluster: Cluster; readonly book: Book },
): (entry: Pick<Entry, 'place' | 'id'>) => boolean {
  const claimed = new Set<string>();
  for (const { row, resource } of cluster.all()) {
    const binding = book.entry(resource, gateway);
    if (!mayBeThere(binding)) continue;
    const id = row.identity.is === 'assigned' ? binding?.id : resource.metadata.name;
    if (id !== undefined) claimed.add(entryKey({ place: { row, parent: binding?.parent }, id }));
  }
  return (entry) => claimed.has(entryKey(entry));
}
