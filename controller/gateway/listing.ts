import { nothingThere, type Collection } from '../../src/gateway/collection.ts';
import { GatewayError } from '../../src/gateway/gateway-error.ts';
import type { ManagementClient, Place } from '../../src/gateway/management-client.ts';
import type { Generation } from '../../src/model/generation.ts';
import { itemId, type Item } from '../../src/model/item.ts';
import type { KindTable } from '../../src/model/kind-table.ts';
import type { LastSeen, Seen } from './last-seen.ts';

/** A collection of a gateway, and everything that stood in it. */
export interface Listed {
  readonly place: Place;
  /** What is known of it since it shows just this. */
  readonly seen: Seen;
  /** To take a list apart costs more than all that is done with it where nothing has changed. */
  items(): readonly Item[];
}

/** The path of a collection below the base path: what tells places from one another. */
export function collectionOf({ row, parent = '' }: Place): string {
  return `${parent}${row.collection.path}`;
}

/** Whether gateways of a generation have such a collection: the kind, and what it stands below. */
export function isServed({ row, parent }: Place, generation: Generation, table: KindTable): boolean {
  const above = table.rows.find(({ collection }) => parent?.startsWith(`${collection.path}/`) === true);
  return [row, ...(above === undefined ? [] : [above])].every(({ collection }) =>
    collection.generations.includes(generation),
  );
}

/** Lists a collection. */
export async function listed(
  client: ManagementClient,
  place: Place,
  lastSeen: LastSeen,
  signal: AbortSignal,
): Promise<Listed> {
  const collection = await collectionAt(client, place, signal);
  const idsOf = () => collection.items().flatMap((item) => itemId(place.row, item) ?? []);
  // Another generation shows the same in another shape, or should.
  const seen = lastSeen.of(collectionOf(place), `${client.generation} ${collection.digest}`, idsOf);
  return { place, seen, items: () => collection.items() };
}

/** Everything in a collection; what has no parent any more has no items either. */
export async function collectionAt(
  client: ManagementClient,
  place: Place,
  signal: AbortSignal,
): Promise<Collection> {
  try {
    return await client.collection(place, signal);
  } catch (error) {
    if (error instanceof GatewayError && error.means === 'absent' && place.parent !== undefined)
      return nothingThere;
    throw error;
  }
}

/**
 * The fault of one collection. Without an answer, without credentials that are good for anything, or where we are asked
 * to come less often, there is no sense in going on.
 *
 * @throws what is no such fault
 */
export function faultOf(error: unknown): GatewayError {
  if (!(error instanceof GatewayError) || error.status === undefined) throw error;
  if (error.status === 401 || error.status === 429) throw error;
  return error;
}
