import type { Plan } from '../../src/compare/plan.ts';
import { annotation } from '../../src/model/annotations.ts';
import { itemId, type Item } from '../../src/model/item.ts';
import { carryOut, standingAfter, type Hands } from './carry-out.ts';
import { endingOf } from './failure.ts';
import type { Outcome } from './outcome.ts';
import { unconfirmed, type Standing } from '../../src/model/standing.ts';
import type { Binding } from './provide.ts';
import { renew } from './renew.ts';
import type { Target } from './wanted.ts';

type Fixed = Extract<Plan, { is: 'fixed' }>;

/**
 * Where only a new creation changes what differs: makes it anew if an annotation allows it, and leaves it standing if
 * not. What can be changed is changed in either case, such as a revocation.
 *
 * @throws GatewayError where nothing of what stood there is lost
 */
export async function recreate(
  next: Fixed,
  target: Target,
  item: Item,
  { subject, standing, policies }: Binding,
  hands: Hands,
): Promise<Standing | Outcome> {
  if (!policies.recreate) {
    const { differences } = next;
    const change = { is: 'change', by: 'fields', differences } as const;
    if (differences.length > 0)
      await carryOut(change, target, item, subject.resource.metadata.generation, hands);
    return {
      is: 'refused',
      reason: 'RecreateRequired',
      message: told(next.fields),
      standing: asItStands(target, item, standing),
    };
  }
  const renewal = await renew(next.fields, item, target, hands);
  if (renewal.is === 'renewed') {
    return standingAfter(renewal.written, target, subject.resource.metadata.generation, hands);
  }
  const { error } = renewal;
  const tried = target.wanted.fingerprint;
  if (renewal.is === 'put back') {
    const { id } = renewal;
    const again = { ...asItStands(target, item, standing), ...(id === undefined ? {} : { id }) };
    const message = `${error.message}; it was deleted for that, and put back as it was`;
    return { is: 'refused', reason: 'Refused', message, tried, standing: again };
  }
  const message = `${error.message}; what stood there before is deleted`;
  if (error.means !== 'unavailable') return { ...endingOf(error, undefined), message } as Outcome;
  const { retryAfterMs } = error;
  return {
    is: 'failing',
    reason: 'Unavailable',
    message,
    retryAfterMs,
    standing: { fingerprint: unconfirmed },
  };
}

/** What stands there has this id, and is what we remember of it, if anything. */
function asItStands({ place }: Target, item: Item, standing: Standing | undefined): Standing {
  const id = itemId(place.row, item);
  if (standing?.id !== undefined && standing.id === id) return standing;
  return { ...(id === undefined ? {} : { id }), fingerprint: unconfirmed };
}

function told(fields: readonly string[]): string {
  const named = fields.map((field) => `spec.${field}`).join(', ');
  const it = fields.length === 1 ? 'it' : 'them';
  return `the gateway can't change ${named}, and goes on with what it has: put ${it} back, or annotate the resource with ${annotation.allowRecreate}: "true", which has it deleted there and created anew`;
}
