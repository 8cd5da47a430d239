import type { ManagementClient, Place } from '../../src/gateway/management-client.ts';
import { itemOwner, itemUpdatedAt, type Item } from '../../src/model/item.ts';
import type { Kind } from '../../src/model/kind.ts';
import type { Owner } from '../../src/model/mark.ts';
import { entryKey, type Entry } from './entry.ts';

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

  /** @param known what the item itself has told before, by ids; it is told the same while the list shows the same */
  async ownerOf(
    { place, id, item: read }: Omit<Entry, 'owner'>,
    known: Map<string, Owner | undefined>,
    sought: Sought,
    client: ManagementClient,
    signal: AbortSignal,
  ): Promise<Owner | undefined> {
    const { row } = place;
    const isShown = row.ownerAmong === undefined && !isInDescription(row);
    if (isShown && known.has(id)) return known.get(id);
    const item = read() ?? {};
    if (isShown) {
      known.set(id, itemOwner(row, item));
      return known.get(id);
    }
    return row.ownerAmong === undefined
      ? await this.#described(place, id, item, client, signal)
      : row.ownerAmong(item, sought);
  }

  async #described(
    place: Place,
    id: string,
    item: Item,
    client: ManagementClient,
    signal: AbortSignal,
  ): Promise<Owner | undefined> {
    const { row } = place;
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

/** Whether the mark stands where lists leave it out. */
function isInDescription({ wire }: Kind): boolean {
  return wire.is === 'envelope' && wire.mark === 'description';
}
