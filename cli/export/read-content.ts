import { GatewayError } from '../../src/gateway/gateway-error.ts';
import { pathOf, type ManagementClient, type Place } from '../../src/gateway/management-client.ts';
import type { Above, Content, Shown } from '../../src/export/shown.ts';
import { itemId, itemOwner, type Item } from '../../src/model/item.ts';
import type { KindTable } from '../../src/model/kind-table.ts';
import type { Kind } from '../../src/model/kind.ts';

export interface Read extends Content {
  /** Collections that did not answer as they should, and why. */
  readonly unread: readonly { readonly what: string; readonly why: string }[];
}

interface ReadSteps {
  readonly client: ManagementClient;
  readonly table: KindTable;
  readonly signal: AbortSignal;
}

/**
 * Everything that a gateway holds, each item as GET shows it: lists leave some of it out, or show it rendered.
 *
 * @throws GatewayError where it does not answer at all, or knows no such credentials
 */
export async function readContent(steps: ReadSteps): Promise<Read> {
  const { client, table } = steps;
  const unread: { readonly what: string; readonly why: string }[] = [];
  const served = table.rows.filter(({ collection }) => collection.generations.includes(client.generation));
  const read = async (work: () => Promise<readonly Shown[]>, what: string): Promise<readonly Shown[]> => {
    try {
      return await work();
    } catch (error) {
      if (!isOfOneCollection(error)) throw error;
      unread.push({ what, why: error.message });
      return [];
    }
  };
  const above: Shown[] = [];
  for (const row of withoutTwins(served).filter(({ identity }) => identity.is !== 'nested')) {
    if (row.removedWith === undefined) above.push(...(await read(() => standing(row, steps), row.kind)));
  }
  const below = await Promise.all(
    served.flatMap((row) =>
      above
        .filter((one) => ownersOf(row).includes(one.row.kind))
        .map((one) => read(() => belonging(row, one, steps), `${row.kind} of ${one.row.kind} ${idOf(one)}`)),
    ),
  );
  const found = [...above, ...below.flat()];
  for (const row of served.filter(({ removedWith }) => removedWith !== undefined))
    found.push(...(await read(() => left(row, found, steps), row.kind)));
  return { generation: client.generation, shown: found, unread };
}

/** One collection that is forbidden to us is no reason to do without the others. */
function isOfOneCollection(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.means !== 'unavailable' && error.status !== 401;
}

/** Kinds that share a collection are told apart by their marks, not by two lists. */
function withoutTwins(rows: readonly Kind[]): readonly Kind[] {
  return rows.filter(
    (row, index) => rows.findIndex(({ collection }) => collection.path === row.collection.path) === index,
  );
}

async function standing(row: Kind, { client, table, signal }: ReadSteps): Promise<readonly Shown[]> {
  const items = await client.list({ row }, signal);
  const whole = await Promise.all(items.map((item) => inFull(row, item, { client, signal })));
  return whole.flatMap((item) =>
    item === undefined ? [] : [{ row: rowOf(row, item, table), item, owner: undefined }],
  );
}

/** Lists of enveloped kinds show less than GET: no value of a secret, and `$version` rendered. */
async function inFull(
  row: Kind,
  item: Item,
  { client, signal }: Pick<ReadSteps, 'client' | 'signal'>,
): Promise<Item | undefined> {
  const id = itemId(row, item);
  if (row.wire.is === 'flat' || !row.collection.getOne || id === undefined) return item;
  return await client.get({ row }, id, signal);
}

/** The kind under which it was declared, where several share the collection. */
function rowOf(row: Kind, item: Item, table: KindTable): Kind {
  const kind = itemOwner(row, item)?.kind;
  return table.sharing(row).find((one) => one.kind === kind) ?? row;
}

function ownersOf({ identity, removedWith }: Kind): readonly string[] {
  if (identity.is === 'nested') return identity.below;
  return removedWith === undefined ? [] : [removedWith.kind];
}

async function belonging(row: Kind, above: Shown, { client, signal }: ReadSteps): Promise<readonly Shown[]> {
  const id = idOf(above);
  const owner: Above = { kind: above.row.kind, name: id };
  const place: Place = row.identity.is === 'nested' ? { row, parent: pathOf(above.row, id) } : { row };
  const query = row.removedWith === undefined ? {} : { [row.removedWith.parameter]: id };
  const items = await client.list(place, signal, query);
  return items.map((item) => ({ row, item, owner }));
}

/** What belongs to nothing that is there any more. */
async function left(
  row: Kind,
  found: readonly Shown[],
  { client, signal }: ReadSteps,
): Promise<readonly Shown[]> {
  const known = new Set(found.filter((one) => one.row === row).map(idOf));
  const items = await client.list({ row }, signal);
  return items.map((item) => ({ row, item, owner: undefined })).filter((one) => !known.has(idOf(one)));
}

function idOf({ row, item }: Shown): string {
  return itemId(row, item) ?? '';
}
