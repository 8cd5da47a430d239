import { GatewayError } from '../../src/gateway/gateway-error.ts';
import { itemId, type Item } from '../../src/model/item.ts';
import { create, type Hands, type Written } from './carry-out.ts';
import { candidatesAmong, membersOf } from './observe.ts';
import type { Target } from './wanted.ts';

/** How a deletion and new creation ended. `error` is why the new one was not made, or nobody knows whether it was. */
export type Renewal =
  | { readonly is: 'renewed'; readonly written: Written }
  /** The former stands again, as it was, under another id. */
  | { readonly is: 'put back'; readonly id: string | undefined; readonly error: GatewayError }
  /** The former is gone. */
  | { readonly is: 'bare'; readonly error: GatewayError };

/**
 * Makes anew what the gateway can change in no other way. Where both can stand there at once the new one comes first, so
 * that there is no moment without. Otherwise the old one must go first; what the gateway then refuses, though everything
 * that can be known spoke for it, is followed by putting the old one back.
 *
 * @throws GatewayError where nothing was taken away
 */
export async function renew(
  fields: readonly string[],
  old: Item,
  target: Target,
  hands: Hands,
): Promise<Renewal> {
  const { place } = target;
  const { row } = place;
  const { client, signal } = hands;
  const former = itemId(row, old) ?? '';
  const distinct = row.update.by === 'fields' ? row.update.distinct : [];
  if (fields.some((field) => distinct.includes(field))) {
    await removeHalfMade(former, target, hands);
    const written = await createBeside(former, target, hands);
    await client.remove(place, former, signal);
    return { is: 'renewed', written };
  }
  await client.remove(place, former, signal);
  try {
    return { is: 'renewed', written: await create(target, hands) };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    // It may stand there: the next attempt looks.
    if (error.means === 'unavailable') return { is: 'bare', error };
    return await putBack(error, old, target, hands);
  }
}

/** What an attempt left that was cut short: nobody can tell with which secret. */
async function removeHalfMade(former: string, target: Target, { client, signal }: Hands): Promise<void> {
  const { place, wanted } = target;
  if (wanted.key !== wanted.mark) return;
  for (const item of candidatesAmong(await client.list(place, signal), target)) {
    const id = itemId(place.row, item);
    if (id !== undefined && id !== former) await client.remove(place, id, signal);
  }
}

/** Where it is taken, by the one thing that could be ours: that is what an attempt made whose answer was lost. */
async function createBeside(former: string, target: Target, hands: Hands): Promise<Written> {
  try {
    return await create(target, hands);
  } catch (error) {
    if (!(error instanceof GatewayError) || error.means !== 'taken') throw error;
    const { client, signal } = hands;
    const there = await membersOf(target, client, signal);
    const [twin, ...more] = candidatesAmong(there, target)
      .flatMap((item) => itemId(target.place.row, item) ?? [])
      .filter((id) => id !== former);
    if (twin === undefined || more.length > 0) throw error;
    return { id: twin, unkept: [] };
  }
}

/** The fields that have changed are all shown, or the new one would have stood beside the old. */
async function putBack(error: GatewayError, old: Item, target: Target, hands: Hands): Promise<Renewal> {
  const { place, wanted } = target;
  const { row } = place;
  const shown = (row.immutable ?? []).filter((field) => !row.secrets.includes(field));
  const document = { ...wanted.document, ...Object.fromEntries(shown.map((field) => [field, old[field]])) };
  try {
    const { id } = await create({ ...target, wanted: { ...wanted, document } }, hands);
    return { is: 'put back', id, error };
  } catch (failure) {
    if (failure instanceof GatewayError) return { is: 'bare', error };
    throw failure;
  }
}
