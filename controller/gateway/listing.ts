import { GatewayError } from '../../src/gateway/gateway-error.ts';
import type { ManagementClient, Place } from '../../src/gateway/management-client.ts';
import type { Generation } from '../../src/model/generation.ts';
import type { Item } from '../../src/model/item.ts';
import type { KindTable } from '../../src/model/kind-table.ts';

/** A collection of a gateway, and everything that stood in it. */
export interface Listed {
  readonly place: Place;
  readonly items: readonly Item[];
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

/** Everything in a collection; what has no parent any more has no items either. */
export async function listed(
  client: ManagementClient,
  place: Place,
  signal: AbortSignal,
): Promise<readonly Item[]> {
  try {
    return await client.list(place, signal);
  } catch (error) {
    if (error instanceof GatewayError && error.means === 'absent' && place.parent !== undefined) return [];
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
