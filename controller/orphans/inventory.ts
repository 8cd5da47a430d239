import { pathOf, type ManagementClient, type Place } from '../../src/gateway/management-client.ts';
import type { Kind } from '../../src/model/kind.ts';
import type { KindTable } from '../../src/model/kind-table.ts';
import { collectionOf, listed, type Listed } from '../gateway/listing.ts';
import type { LastSeen } from '../gateway/last-seen.ts';
import type { Rotation } from './rotation.ts';

export interface InventorySteps {
  readonly client: ManagementClient;
  readonly table: KindTable;
  /** Parents whose turn it is. */
  readonly rotation: Rotation;
  readonly lastSeen: LastSeen;
  readonly signal: AbortSignal;
}

/**
 * Parents below which is looked each time though no resource of ours is there. One by one they cost a call each: a
 * thousand of them have their turn within twenty comparisons.
 */
const parentsEachTime = 50;

/**
 * Completes the lists of a comparison, which are about the collections of resources, to everything there is. Below
 * parents without resources of ours, only some are looked at each time.
 *
 * @throws GatewayError where a collection does not answer: then the comparison is no full one
 */
export async function takeInventory(
  compared: readonly Listed[],
  steps: InventorySteps,
): Promise<readonly Listed[]> {
  const { client, table } = steps;
  const lists = new Map(compared.map((list) => [collectionOf(list.place), list]));
  const served = table.rows.filter(({ collection }) => collection.generations.includes(client.generation));
  const flat = served.filter(({ identity }) => identity.is !== 'nested').map((row) => ({ row }));
  await addLists(flat, lists, steps);
  const below = served.flatMap((row) => placesBelow(row, lists, table));
  const turn = new Set(steps.rotation.next(below.map(collectionOf), parentsEachTime));
  const chosen = below.filter((place) => turn.has(collectionOf(place)));
  await addLists(chosen, lists, steps);
  return [...lists.values()];
}

async function addLists(
  places: readonly Place[],
  lists: Map<string, Listed>,
  { client, lastSeen, signal }: InventorySteps,
): Promise<void> {
  for (const place of places) {
    if (lists.has(collectionOf(place))) continue;
    lists.set(collectionOf(place), await listed(client, place, lastSeen, signal));
  }
}

/** The collections of a nested kind that were not listed yet: one below each possible parent. */
function placesBelow(row: Kind, lists: ReadonlyMap<string, Listed>, table: KindTable): readonly Place[] {
  if (row.identity.is !== 'nested') return [];
  return row.identity.below.flatMap((kind) => {
    const parentRow = table.get(kind);
    const parents = lists.get(collectionOf({ row: parentRow }))?.seen.ids ?? [];
    return parents
      .map((id): Place => ({ row, parent: pathOf(parentRow, id) }))
      .filter((place) => !lists.has(collectionOf(place)));
  });
}
