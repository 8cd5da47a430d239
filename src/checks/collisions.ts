import { artifactId } from '../model/annotations.ts';
import type { SchemaCheck } from '../model/checked.ts';
import type { KindTable } from '../model/kind-table.ts';
import type { Resource } from '../model/resource.ts';

/** Two resources that one gateway can't hold both, and what they share. */
export interface Collision {
  readonly one: Resource;
  readonly other: Resource;
  readonly shared: string;
}

/** Resources by whether they stood together before. Those that did have collided for as long. */
export interface Together {
  readonly fresh: readonly Resource[];
  readonly kept: readonly Resource[];
}

interface Place {
  readonly key: string;
  readonly shared: string;
}

/** Every pair that comes together and must not, each once. Lazy: a set in which everybody shares something has no end. */
export function* collisionsOf(
  { fresh, kept }: Together,
  known: { readonly table: KindTable; readonly schemas: SchemaCheck },
): Iterable<Collision> {
  const groups = new Map<string, { readonly shared: string; readonly all: Resource[]; fresh: number }>();
  for (const resource of fresh) {
    for (const { key, shared } of placesOf(resource, known)) {
      const group = groups.get(key) ?? { shared, all: [], fresh: 0 };
      groups.set(key, group);
      group.fresh = group.all.push(resource);
    }
  }
  for (const resource of kept)
    for (const { key } of placesOf(resource, known)) groups.get(key)?.all.push(resource);
  const told = new Map<Resource, Set<Resource>>();
  for (const { shared, all, fresh: count } of groups.values()) {
    for (const [index, one] of all.slice(0, count).entries()) {
      for (let at = index + 1; at < all.length; at += 1) {
        const other = all[at];
        if (other === undefined || told.get(one)?.has(other) === true) continue;
        told.set(one, (told.get(one) ?? new Set()).add(other));
        yield { one, other, shared };
      }
    }
  }
}

/** What a gateway keeps unique, of one resource: the handle, the title, the stored uuid. */
function placesOf(
  { kind, metadata, spec }: Resource,
  { table, schemas }: { readonly table: KindTable; readonly schemas: SchemaCheck },
): readonly Place[] {
  const row = table.find(kind);
  if (row === undefined) return [];
  const checked = schemas.check(row, spec).spec;
  const title = checked === undefined ? undefined : row.title?.(checked);
  const artifact = metadata.annotations?.[artifactId];
  const [family = kind] = table
    .sharing(row)
    .map((sharing) => sharing.kind)
    .sort();
  return [
    ...(row.identity.is === 'handle'
      ? [{ key: `handle ${family} ${metadata.name}`, shared: 'the same handle' }]
      : []),
    ...(title === undefined
      ? []
      : [{ key: `title ${kind} ${title}`, shared: `the same ${row.titleIs ?? 'display name and version'}` }]),
    ...(artifact === undefined ? [] : [{ key: `artifact ${artifact}`, shared: `the same ${artifactId}` }]),
  ];
}
