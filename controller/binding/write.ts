import type { Plan } from '../../src/compare/plan.ts';
import { GatewayError } from '../../src/gateway/gateway-error.ts';
import { itemId, type Item } from '../../src/model/item.ts';
import { carryOut, type Hands, type Write } from './carry-out.ts';
import { endingOf } from './failure.ts';
import type { Outcome } from './outcome.ts';
import { unconfirmed, type Standing } from '../../src/model/standing.ts';
import type { Binding } from './provide.ts';
import { recreate } from './recreate.ts';
import type { Target } from './wanted.ts';

/** A write whose answer is lost may have been done all the same: it is remembered as unconfirmed. */
export async function writeOrDoubt(
  next: Write | Extract<Plan, { is: 'fixed' }>,
  target: Target,
  item: Item | undefined,
  binding: Binding,
  hands: Hands,
  why: (error: GatewayError) => Pick<Extract<Outcome, { is: 'refused' }>, 'reason' | 'message'> | undefined,
): Promise<Standing | Outcome> {
  const { subject, standing } = binding;
  try {
    if (next.is === 'fixed')
      return item === undefined ? {} : await recreate(next, target, item, binding, hands);
    return await carryOut(next, target, item, subject.resource.metadata.generation, hands);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const known = why(error);
    if (known !== undefined) return { is: 'refused', ...known, standing };
    const ending = endingOf(error, standing);
    if (ending.is === 'refused') return { ...ending, tried: target.wanted.fingerprint };
    if (ending.is !== 'failing' || error.means !== 'unavailable') return ending;
    const parent = target.place.parent === undefined ? {} : { parent: target.place.parent };
    const doubtful = { ...standing, ...parent, fingerprint: unconfirmed };
    return { ...ending, standing: doubtful };
  }
}

/** What a kind that can only be made anew left behind when it was interrupted. */
export async function removeFormer(
  target: Target,
  item: Item | undefined,
  standing: Standing | undefined,
  hands: Hands,
) {
  const { row } = target.place;
  if (row.update.by !== 'recreate' || standing?.id === undefined || item === undefined) return;
  const found = itemId(row, item);
  if (found !== standing.id) await hands.client.remove(target.place, standing.id, hands.signal);
}
