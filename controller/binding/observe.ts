import type { ManagementClient } from '../../src/gateway/management-client.ts';
import { itemId, type Item } from '../../src/model/item.ts';
import type { Standing } from './outcome.ts';
import type { Target } from './wanted.ts';

/**
 * What stands at the gateway for a resource. Where ids are assigned: by the id that we remember, else by the natural
 * key, so that a create whose answer was lost is found again.
 */
export async function observe(
  client: ManagementClient,
  { place, id, wanted }: Pick<Target, 'place' | 'id' | 'wanted'>,
  standing: Standing | undefined,
  signal: AbortSignal,
): Promise<Item | undefined> {
  const { row } = place;
  if (row.identity.is !== 'assigned') return await client.get(place, id, signal);
  if (standing?.id !== undefined && row.collection.getOne) {
    const known = await client.get(place, standing.id, signal);
    if (known !== undefined) return known;
  }
  return pick(await client.list(place, signal), { place, id, wanted }, standing);
}

/** The same, out of a list. */
export function pick(
  items: readonly Item[],
  { place, id, wanted }: Pick<Target, 'place' | 'id' | 'wanted'>,
  standing: Standing | undefined,
): Item | undefined {
  const { identity } = place.row;
  if (identity.is !== 'assigned') return items.find((item) => itemId(place.row, item) === id);
  const byId = items.find((item) => itemId(place.row, item) === standing?.id);
  const byKey = items.find((item) => identity.keyOf(item) === wanted.key);
  // What is made anew at each change has its content in its key: the new one counts, the old one is to go.
  return place.row.update.by === 'recreate' ? (byKey ?? byId) : (byId ?? byKey);
}
