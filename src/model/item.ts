import { markAnnotation } from './annotations.ts';
import type { Kind } from './kind.ts';
import { parseMark, type Owner } from './mark.ts';
import { PerValue } from './per-value.ts';

/** What a gateway returned for one resource, from GET or as an entry of a list. */
export type Item = Readonly<Record<string, unknown>>;

/** The part of an item at a dotted path; undefined where there is none. */
export function partOf(item: unknown, ...steps: readonly string[]): unknown {
  return steps.reduce<unknown>(
    (part, step) => (typeof part === 'object' && part !== null ? (part as Item)[step] : undefined),
    item,
  );
}

/** The last step of an item's path: its handle, its name below the parent, or the id that the gateway gave. */
export function itemId(row: Kind, item: Item): string | undefined {
  const id = itemIdOf(row, item);
  return typeof id === 'string' ? id : undefined;
}

function itemIdOf(row: Kind, item: Item): unknown {
  switch (row.identity.is) {
    case 'handle':
      return partOf(item, 'metadata', 'name');
    case 'nested':
      return item.name;
    case 'assigned':
      return item.id;
  }
}

const byId = new PerValue<ReadonlyMap<string, Item>>();
const byKey = new PerValue<ReadonlyMap<string, readonly Item[]>>();

/** The item of a list that bears an id. Every resource of a gateway looks for its own, so that a search would be quadratic. */
export function itemWithId(row: Kind, items: readonly Item[], id: string | undefined): Item | undefined {
  if (id === undefined) return undefined;
  const index = byId.of(items, row.kind, () => {
    // Of two with one id the first counts.
    const entries = items.map((item) => [itemId(row, item) ?? '', item] as const).toReversed();
    return new Map(entries);
  });
  return index.get(id);
}

/** The items of a list that bear a natural key; none for kinds that have none. */
export function itemsWithKey(row: Kind, items: readonly Item[], key: string | undefined): readonly Item[] {
  const { identity } = row;
  if (identity.is !== 'assigned' || key === undefined) return [];
  const index = byKey.of(items, row.kind, () => Map.groupBy(items, (item) => identity.keyOf(item) ?? ''));
  return index.get(key) ?? [];
}

/** The gateway's own time of the last write; undefined for kinds that have none. */
export function itemUpdatedAt(item: Item): string | undefined {
  const at = partOf(item, 'status', 'updatedAt') ?? item.updatedAt;
  return typeof at === 'string' ? at : undefined;
}

/** Who an item belongs to by its mark; undefined where it bears none of Portcullis. */
export function itemOwner(row: Kind, item: Item): Owner | undefined {
  if (row.wire.is === 'flat') {
    return Object.values(item)
      .map(parseMark)
      .find((owner) => owner !== undefined);
  }
  return row.wire.mark === 'description'
    ? parseMark(partOf(item, 'spec', 'description'))
    : parseMark(partOf(item, 'metadata', 'annotations', markAnnotation));
}
