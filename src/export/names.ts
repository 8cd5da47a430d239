import { createHash } from 'node:crypto';
import { itemId, itemOwner } from '../model/item.ts';
import type { Kind } from '../model/kind.ts';
import { longestSubdomain as longest, subdomain } from '../model/subdomain.ts';
import type { Shown } from './shown.ts';

/** Why Kubernetes would not take a name; undefined where it would. */
export function nameFault(name: string): string | undefined {
  if (name.length > longest)
    return `its name has ${name.length} characters, and Kubernetes takes ${longest} at most`;
  if (subdomain.test(name)) return undefined;
  return 'Kubernetes takes names of a-z, 0-9, - and . alone';
}

/** A name that Kubernetes takes, made of any text; empty where nothing is left of it. */
export function nameFrom(text: string, most = longest): string {
  const parts = text.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-');
  const inside = parts.replaceAll(/[-.]*\.[-.]*/g, '.');
  return inside.slice(0, most).replaceAll(/^[-.]+|[-.]+$/g, '');
}

/** The same for what may be too long: what is cut off is told apart by a digest. */
export function shortName(text: string): string {
  return text.length <= longest ? text : `${nameFrom(text, longest - 9)}-${digest(text)}`;
}

/** `nameOf(kind, id)`: the names of what a gateway knows by ids of its own. */
export type NameOf = (kind: string, id: string) => string | undefined;

/**
 * Names for what has none at the gateway: the one in our mark, else one made of what people would call it. Where several
 * would have the same, each gets a digest of its id, so that no name depends on what else is there but for that.
 */
export function assignedNames(shown: readonly Shown[]): NameOf {
  const wanted = shown.flatMap((one) => {
    const id = itemId(one.row, one.item);
    return one.row.identity.is === 'assigned' && id !== undefined
      ? [{ row: one.row, id, name: wantedName(one) }]
      : [];
  });
  const counts = new Map<string, number>();
  for (const { row, name } of wanted) counts.set(key(row, name), (counts.get(key(row, name)) ?? 0) + 1);
  const names = new Map(
    wanted.map(({ row, id, name }) => [
      `${row.kind}/${id}`,
      counts.get(key(row, name)) === 1 ? name : `${name}-${digest(id)}`,
    ]),
  );
  return (kind, id) => names.get(`${kind}/${id}`);
}

function wantedName({ row, item, owner }: Shown): string {
  const marked = itemOwner(row, item);
  if (marked !== undefined) return marked.name;
  const { identity } = row;
  const called =
    identity.is === 'assigned' ? identity.calledBy({ item, owner, nameOf: () => undefined }) : '';
  const made = nameFrom(called, longest - 9);
  return made === '' ? row.kind.toLowerCase() : made;
}

function key(row: Kind, name: string): string {
  return `${row.kind}/${name}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
