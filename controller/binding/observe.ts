import { shownChanges } from '../../src/compare/plan.ts';
import { GatewayError } from '../../src/gateway/gateway-error.ts';
import type { ManagementClient, Place } from '../../src/gateway/management-client.ts';
import { itemId, itemWithId, itemsWithKey, type Item } from '../../src/model/item.ts';
import type { Standing } from '../../src/model/standing.ts';
import type { Target } from './wanted.ts';

type Sought = Pick<Target, 'place' | 'id' | 'wanted' | 'isClaimed'>;

/** What was found at a gateway for a resource. */
export interface Found {
  readonly item: Item | undefined;
  /** Ids of several that could be it; empty where there is no doubt. */
  readonly candidates: readonly string[];
  /** Whether it was found by its key, below another instance of what it is removed with. */
  readonly elsewhere: boolean;
  /** What stands beside it below the same parent, itself included; empty for kinds that have none. */
  readonly siblings: readonly Item[];
}

/**
 * What stands at the gateway for a resource. Where ids are assigned: by the id that we remember, else by the natural
 * key, so that a create whose answer was lost is found again. A 404 for an id may be any failure of the gateway's
 * storage (measured): only the list says that something is absent.
 */
export async function observe(
  client: ManagementClient,
  target: Sought,
  standing: Standing | undefined,
  signal: AbortSignal,
): Promise<Found> {
  const { place, id } = target;
  const { row } = place;
  if (row.identity.is === 'nested') return pick(await below(client, place, signal), target, standing);
  if (row.identity.is !== 'assigned') return only(await client.get(place, id, signal));
  if (standing?.id !== undefined && row.collection.getOne) {
    const known = await client.get(place, standing.id, signal);
    if (known !== undefined) return only(known);
  }
  const items = await client.list(place, signal);
  const found = pick(items, target, standing);
  const isKnown = found.item !== undefined && itemId(row, found.item) === standing?.id;
  const isAbsent = found.item === undefined && found.candidates.length === 0;
  if (isKnown || isAbsent || row.removedWith === undefined) return found;
  return await located(items, target, client, signal);
}

/** @throws GatewayError that means `parent` where that is not there: nothing can be created below it */
async function below(client: ManagementClient, place: Place, signal: AbortSignal): Promise<readonly Item[]> {
  try {
    return await client.list(place, signal);
  } catch (error) {
    if (!(error instanceof GatewayError) || error.means !== 'absent') throw error;
    throw new GatewayError(error.message, { means: 'parent', status: error.status, cause: error });
  }
}

/** The same, out of a list. */
export function pick(items: readonly Item[], target: Sought, standing: Standing | undefined): Found {
  const { place, id } = target;
  const { row } = place;
  if (row.identity.is !== 'assigned') {
    const siblings = row.identity.is === 'nested' ? items : [];
    return { ...only(itemWithId(row, items, id)), siblings };
  }
  const byId = itemWithId(row, items, standing?.id);
  const byKey = candidatesAmong(items, target);
  // What is made anew at each change has its content in its key: the new one counts, the old one is to go.
  if (row.update.by === 'recreate') return only(byKey[0] ?? byId);
  return byId === undefined ? oneOf(target, byKey) : only(byId);
}

/**
 * What bears the key of a resource. Our own mark is nobody else's; a reference that the author chose may stand on others
 * too: then it is what shows the same in all, and is no other resource's.
 */
export function candidatesAmong(
  items: readonly Item[],
  { place, wanted, isClaimed }: Sought,
): readonly Item[] {
  const { row } = place;
  const named = itemsWithKey(row, items, wanted.key);
  if (row.update.by !== 'fields' || wanted.key === wanted.mark) return named;
  return named.filter(
    (item) => shownChanges(row, wanted, item).length === 0 && !isClaimed(itemId(row, item) ?? ''),
  );
}

/** Which of the candidates belong where the resource wants to be: the gateway alone can tell, as it shows another id. */
async function located(
  items: readonly Item[],
  target: Sought,
  client: ManagementClient,
  signal: AbortSignal,
): Promise<Found> {
  const { place, wanted } = target;
  const { row } = place;
  const candidates = candidatesAmong(items, target);
  const below = new Set((await membersOf(target, client, signal)).map((item) => itemId(row, item)));
  const isThere = (item: Item) => below.has(itemId(row, item));
  // With our mark it is ours wherever it stands; without one, only where we may have put it.
  if (wanted.key !== wanted.mark) return oneOf(target, candidates.filter(isThere));
  const found = oneOf(target, candidates);
  return { ...found, elsewhere: found.item !== undefined && !isThere(found.item) };
}

/** Everything that stands where a resource wants to be, together with which it would be removed. */
export async function membersOf(
  { place, wanted }: Sought,
  client: ManagementClient,
  signal: AbortSignal,
): Promise<readonly Item[]> {
  const parameter = place.row.removedWith?.parameter ?? '';
  try {
    return await client.list(place, signal, { [parameter]: String(wanted.document[parameter]) });
  } catch (error) {
    // What it is to belong to is not there.
    if (error instanceof GatewayError && error.means === 'absent') return [];
    throw error;
  }
}

function only(item: Item | undefined): Found {
  return { item, candidates: [], elsewhere: false, siblings: [] };
}

function oneOf({ place }: Sought, candidates: readonly Item[]): Found {
  if (candidates.length <= 1) return only(candidates[0]);
  const ids = candidates.flatMap((item) => itemId(place.row, item) ?? []);
  return { item: undefined, candidates: ids.toSorted(), elsewhere: false, siblings: [] };
}
