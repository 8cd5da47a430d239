import { markAnnotation } from './annotations.ts';
import type { Kind } from './kind.ts';
import { parseMark, type Owner } from './mark.ts';

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
