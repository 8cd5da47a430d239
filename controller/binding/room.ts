import type { Plan } from '../../src/compare/plan.ts';
import type { GatewayError } from '../../src/gateway/gateway-error.ts';
import { itemOwner, type Item } from '../../src/model/item.ts';
import { quotaOf } from '../../src/selection/gateways.ts';
import type { StoredGateway } from '../cluster/stored.ts';
import { collectionOf } from '../gateway/listing.ts';
import { usedBy, type Quotas } from '../gateway/quotas.ts';
import type { Found } from './observe.ts';
import type { RefusedReason } from './outcome.ts';
import type { Standing } from '../../src/model/standing.ts';
import type { Target } from './wanted.ts';

export interface RoomSteps {
  readonly quotas: Quotas;
  /** Our name at the gateway, where our credentials tell it. */
  readonly user: string | undefined;
}

interface Full {
  readonly reason: RefusedReason;
  readonly message: string;
}

/** Of kinds of which a gateway lets each user create so many: how many we have created, and may create. */
export function room(
  { place }: Target,
  siblings: readonly Item[],
  gateway: StoredGateway,
  { quotas, user }: RoomSteps,
): { readonly used: number; readonly most: number } {
  if (place.row.countedBy === undefined) return { used: 0, most: Infinity };
  return {
    used: usedBy(user, place.row, siblings),
    most: quotas.most(collectionOf(place), quotaOf(gateway)),
  };
}

/**
 * The plan, as far as there is room for it. Where there is none the gateway answers 500, as it does to much else: a
 * creation has to wait, and what stands there is changed by a PUT, which takes no room and may lose something.
 */
export function fitting<Of extends Plan>(
  next: Of,
  target: Target,
  { item, siblings }: Found,
  gateway: StoredGateway,
  steps: RoomSteps,
): { readonly next: Of; readonly full?: never } | { readonly full: Full } {
  const { row } = target.place;
  const { used, most } = room(target, siblings, gateway, steps);
  const takesRoom = next.is === 'create' || (next.is === 'change' && next.by === 'post');
  if (!takesRoom || used < most) return { next };
  const isOurs = steps.user === undefined || item?.[row.countedBy ?? ''] === steps.user;
  if (next.is === 'change' && item !== undefined && isOurs) return { next: { ...next, by: 'put' } };
  return { full: quotaExceeded(used, most) };
}

/**
 * Why a creation was answered 500. A bad name and a past expiry are not sent; if something of ours stands there and the
 * expiry lies well ahead, it is the quota: the gateway allows fewer than its APIGateway says.
 */
export function quotaBehind(
  error: GatewayError,
  target: Target,
  { siblings, item }: Found,
  { quotas, user }: RoomSteps,
  now: Date,
): Full | undefined {
  const { place, wanted } = target;
  if (place.row.countedBy === undefined || item !== undefined) return undefined;
  if (error.means !== 'refused' || error.status !== 500) return undefined;
  const { expiresAt } = wanted.document;
  if (typeof expiresAt === 'string' && Date.parse(expiresAt) < now.getTime() + clockSkewMs) return undefined;
  const used = usedBy(user, place.row, siblings);
  if (used === 0) return undefined;
  quotas.showed(collectionOf(place), used);
  return quotaExceeded(used, used);
}

/** Clocks of machines that are set by the network differ by less. */
const clockSkewMs = 5 * 60_000;

/** Whether an item is one that another user made, and nothing says that it is ours all the same. */
export function isAnothers(
  item: Item | undefined,
  { place, wanted }: Target,
  standing: Standing | undefined,
  user: string | undefined,
): boolean {
  const { row } = place;
  if (item === undefined || row.countedBy === undefined || user === undefined) return false;
  const creator = item[row.countedBy];
  if (creator === undefined || creator === user || itemOwner(row, item) !== undefined) return false;
  const lost = row.update.by === 'post' ? row.update.loses : [];
  return !lost.some(
    (field) => item[field] === wanted.document[field] || standing?.unkept?.includes(field) === true,
  );
}

function quotaExceeded(used: number, most: number): Full {
  const message = `${used} of its kind stand there below its parent, and the gateway allows ${most} to one user; it comes when one of them goes`;
  return { reason: 'QuotaExceeded', message };
}
