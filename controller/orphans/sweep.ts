import { GatewayError } from '../../src/gateway/gateway-error.ts';
import { pathOf, type ManagementClient } from '../../src/gateway/management-client.ts';
import type { SchemaCheck } from '../../src/model/checked.ts';
import { itemId, type Item } from '../../src/model/item.ts';
import type { Kind } from '../../src/model/kind.ts';
import type { KindTable } from '../../src/model/kind-table.ts';
import { isSecretHolder } from '../binding/references.ts';
import { findRenderer } from '../binding/renderer.ts';
import { collectionAt, faultOf } from '../gateway/listing.ts';
import type { Entry } from './entry.ts';
import { userOf } from './users.ts';

export interface SweepSteps {
  /** Only reads. */
  readonly client: ManagementClient;
  readonly table: KindTable;
  readonly schemas: Pick<SchemaCheck, 'check'>;
  readonly signal: AbortSignal;
  /** Whether anything may go while so much would. */
  mayRemove(): boolean;
  /** Asks the API server itself, now. */
  isAbsent(entry: Entry): Promise<boolean>;
  /** Does something with one who may delete an entry; nothing where that is another replica's to do. */
  during(entry: Entry, work: (writer: ManagementClient) => Promise<void>): Promise<void>;
  removed(entry: Entry): void;
  kept(entry: Entry, why: string): void;
}

/**
 * Deletes orphans, each only when nothing at the gateway needs it any more: what stands below it and what refers to it
 * goes first, and if that is no orphan, it stays.
 *
 * @param standing everything that stands at the gateway, the orphans included
 */
export async function sweep(
  orphans: readonly Entry[],
  standing: readonly Entry[],
  steps: SweepSteps,
): Promise<void> {
  const left = new Set(standing);
  let waiting = orphans;
  while (waiting.length > 0) {
    const free = waiting.filter((entry) => userOf(entry, left, steps) === undefined);
    for (const entry of free) {
      if (!steps.mayRemove()) return;
      await steps.during(entry, async (writer) => {
        const obstacle = await remove(entry, writer, steps);
        if (obstacle === undefined) left.delete(entry);
        else steps.kept(entry, obstacle);
      });
    }
    waiting = waiting.filter((entry) => !free.includes(entry));
    if (free.every((entry) => left.has(entry))) break;
  }
  for (const entry of waiting) {
    const user = userOf(entry, left, steps);
    if (user !== undefined) steps.kept(entry, inUseBy(user.place.row.kind, user.id));
  }
}

/** Removes one; or says why not. */
async function remove(
  entry: Entry,
  writer: ManagementClient,
  steps: SweepSteps,
): Promise<string | undefined> {
  try {
    const user = await freshUser(entry, steps);
    if (user !== undefined) return user;
    if (!(await steps.isAbsent(entry))) return 'the API server did not confirm that its resource is absent';
    await writer.remove(entry.place, entry.id, steps.signal);
  } catch (error) {
    return faultOf(error).message;
  }
  steps.removed(entry);
  return undefined;
}

/**
 * What the gateway would remove along with it without being asked, and what it would not start again without: looked
 * up anew, as the lists may be a while old, and they leave out much of what stands below parents.
 */
async function freshUser(
  { place: { row }, id }: Entry,
  { client, table, signal }: SweepSteps,
): Promise<string | undefined> {
  if (isSecretHolder({ row })) {
    const renderer = await findRenderer(id, client, { table, signal });
    return renderer === undefined ? undefined : `${renderer} names it`;
  }
  for (const other of table.rows) {
    if (!other.collection.generations.includes(client.generation)) continue;
    const [item] = await goingAlong(other, row, id, client, signal);
    if (item !== undefined) return inUseBy(other.kind, itemId(other, item) ?? '');
  }
  return undefined;
}

/** The items of a kind that a gateway removes together with an instance of another kind. */
async function goingAlong(
  row: Kind,
  removed: Kind,
  id: string,
  client: ManagementClient,
  signal: AbortSignal,
): Promise<readonly Item[]> {
  const { identity, removedWith } = row;
  if (identity.is === 'nested' && identity.below.includes(removed.kind))
    return (await collectionAt(client, { row, parent: pathOf(removed, id) }, signal)).items();
  if (removedWith?.kind !== removed.kind) return [];
  try {
    return await client.list({ row }, signal, { [removedWith.parameter]: id });
  } catch (error) {
    // Nothing belongs to what is not there any more.
    if (error instanceof GatewayError && error.means === 'absent') return [];
    throw error;
  }
}

function inUseBy(kind: string, id: string): string {
  return `${kind} ${id} still needs it`;
}
