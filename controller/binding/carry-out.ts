import { compare } from '../../src/compare/compare.ts';
import type { Plan } from '../../src/compare/plan.ts';
import { GatewayError } from '../../src/gateway/gateway-error.ts';
import type { ManagementClient } from '../../src/gateway/management-client.ts';
import { itemId, type Item } from '../../src/model/item.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Standing } from '../../src/model/standing.ts';
import type { Target } from './wanted.ts';

export interface Hands {
  readonly client: ManagementClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export type Write = Extract<Plan, { is: 'create' | 'change' }>;

/** Makes the one change that the plan names, and says what stands there then. */
export async function carryOut(
  write: Write,
  target: Target,
  item: Item | undefined,
  generationOfSpec: number,
  hands: Hands,
): Promise<Standing> {
  const written = await doWrite(write, target, item, hands);
  return standingAfter(written, target, generationOfSpec, hands);
}

/** What stands there after a write that went well. */
export function standingAfter(
  { id, unkept }: Written,
  { place, wanted }: Target,
  generationOfSpec: number,
  { clock }: Hands,
): Standing {
  return {
    ...(id === undefined ? {} : { id }),
    ...(place.parent === undefined ? {} : { parent: place.parent }),
    ...(wanted.fixed === undefined ? {} : { fixed: wanted.fixed }),
    ...(unkept.length === 0 ? {} : { unkept }),
    fingerprint: wanted.fingerprint,
    observedGeneration: generationOfSpec,
    lastSyncTime: clock.now().toISOString(),
  };
}

export interface Written {
  /** The id that the gateway gave. */
  readonly id: string | undefined;
  readonly unkept: readonly string[];
}

async function doWrite(write: Write, target: Target, item: Item | undefined, hands: Hands): Promise<Written> {
  const { row } = target.place;
  if (write.is === 'create' || item === undefined) return await create(target, hands);
  const id = row.identity.is === 'assigned' ? itemId(row, item) : undefined;
  const at = id ?? target.id;
  const { document } = target.wanted;
  const { client, signal } = hands;
  switch (write.by) {
    case 'put': {
      const reply = await client.replace(target.place, at, document, signal, target);
      const lost = row.update.by === 'post' ? row.update.loses : unkeptIn(target, reply, hands);
      return { id, unkept: lost };
    }
    case 'post':
      return { id, unkept: await post(target, at, hands) };
    case 'fields': {
      const fields = row.update.by === 'fields' ? row.update.fields : [];
      const part = Object.fromEntries(fields.map((field) => [field, document[field]]));
      await client.replace(target.place, at, part, signal, target);
      return { id, unkept: [] };
    }
    case 'recreate':
      return await recreate(target, at, hands);
  }
}

/** Replaces by a POST or, where that is refused, by a PUT; tells what the PUT lost. */
async function post(
  { place, wanted, hide }: Target,
  at: string,
  { client, signal }: Hands,
): Promise<readonly string[]> {
  try {
    await client.create(place, at, wanted.document, signal, { hide });
    return [];
  } catch (error) {
    const loses = place.row.update.by === 'post' ? place.row.update.loses : [];
    if (!(error instanceof GatewayError) || error.means !== 'refused' || loses.length === 0) throw error;
    await client.replace(place, at, wanted.document, signal, { hide });
    return loses;
  }
}

export async function create(target: Target, hands: Hands): Promise<Written> {
  const { place, id, wanted } = target;
  const { client, signal } = hands;
  const reply = await client.create(place, id, wanted.document, signal, target);
  const given = place.row.identity.is === 'assigned' ? itemId(place.row, asItem(reply)) : undefined;
  const remaining = unkeptIn(target, reply, hands);
  if (!remaining.includes('spec.deploymentState')) return { id: given, unkept: remaining };
  // A POST ignores the state that is asked for; a PUT follows it.
  const again = await client.replace(place, given ?? id, wanted.document, signal, target);
  return { id: given, unkept: unkeptIn(target, again, hands) };
}

/** First the new, then away with the old, so that there is no moment without; the other way round only if it must be. */
async function recreate(target: Target, old: string, hands: Hands): Promise<Written> {
  const { client, signal } = hands;
  try {
    const written = await create(target, hands);
    await client.remove(target.place, old, signal);
    return written;
  } catch (error) {
    if (!(error instanceof GatewayError) || error.means !== 'taken') throw error;
  }
  const twin = await findTwin(target, old, hands);
  await client.remove(target.place, old, signal);
  return twin === undefined ? await create(target, hands) : { id: twin, unkept: [] };
}

/** What an earlier attempt made, whose answer was lost. */
async function findTwin(
  { place, wanted }: Target,
  old: string,
  { client, signal }: Hands,
): Promise<string | undefined> {
  const { row } = place;
  const { identity } = row;
  if (identity.is !== 'assigned') return undefined;
  const items = await client.list(place, signal);
  return items
    .filter((item) => identity.keyOf(item) === wanted.key)
    .map((item) => itemId(row, item))
    .find((id) => id !== old);
}

/** What is different in the very answer to a write is what the gateway does not keep. Flat kinds answer otherwise. */
function unkeptIn({ place, wanted }: Target, reply: unknown, { client }: Hands): readonly string[] {
  if (place.row.wire.is !== 'envelope' || typeof reply !== 'object' || reply === null) return [];
  const view = { generation: client.generation, from: 'get' } as const;
  return compare(place.row, wanted.document, asItem(reply), view).differences;
}

function asItem(reply: unknown): Item {
  return typeof reply === 'object' && reply !== null ? (reply as Item) : {};
}
