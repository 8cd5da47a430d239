import type { Place } from '../../src/gateway/management-client.ts';
import type { Item } from '../../src/model/item.ts';
import { markOf, type Owner } from '../../src/model/mark.ts';
import { collectionOf } from '../gateway/listing.ts';

/** One thing that stands at a gateway, as a list shows it. */
export interface Entry {
  readonly place: Place;
  /** The last step of its path. */
  readonly id: string;
  /** All that the list shows of it. */
  item(): Item | undefined;
  /** Who it belongs to by its mark; undefined where it bears none that could be read. */
  readonly owner: Owner | undefined;
}

/** What names a place at a gateway, whoever stands there. */
export function entryKey({ place, id }: Pick<Entry, 'place' | 'id'>): string {
  return `${collectionOf(place)}#${id}`;
}

/** What names an entry together with its owner: another owner's is another entry. */
export function ownedKey(entry: Entry): string {
  return `${entryKey(entry)}#${entry.owner === undefined ? '' : markOf(entry.owner)}`;
}
