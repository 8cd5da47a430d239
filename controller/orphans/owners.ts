import type { ManagementClient, Place } from '../../src/gateway/management-client.ts';
import { itemOwner, itemUpdatedAt, type Item } from '../../src/model/item.ts';
import type { Owner } from '../../src/model/mark.ts';
import { entryKey } from './entry.ts';

interface Sought {
  /** The uid of the namespace kube-system. */
  readonly cluster: string;
  readonly namespaces: readonly string[];
}

/**
 * Reads whose an item of a list is. Where a list leaves the mark out, the item itself is read, and once only until
 * somebody writes it; of what it says nothing but the mark is kept.
 */
export class OwnerReader {
  #read = new Map<string, { readonly updatedAt: string | undefined; readonly owner: Owner | undefined }>();

  async ownerOf(
    place: Place,
    id: string,
    item: Item,
    sought: Sought,
    client: ManagementClient,
    signal: AbortSignal,
  ): Promise<Owner | undefined> {
    const { row } = place;
    if (row.ownerAmong !== undefined) return row.ownerAmong(item, sought);
    if (row.wire.is !== 'envelope' || row.wire.mark !== 'description') return itemOwner(row, item);
    const key = entryKey({ place, id });
    const updatedAt = itemUpdatedAt(item);
    const known = this.#read.get(key);
    if (known !== undefined && known.updatedAt === updatedAt) return known.owner;
    const whole = await client.get(place, id, signal);
    const owner = whole === undefined ? undefined : itemOwner(row, whole);
    this.#read.set(key, { updatedAt, owner });
    return owner;
  }

  /** Forgets all but what still stands there. */
  keep(keys: ReadonlySet<string>): void {
    this.#read = new Map([...this.#read].filter(([key]) => keys.has(key)));
  }
}
