import { few } from '../../src/selection/large-removal.ts';
import { annotation } from '../../src/model/annotations.ts';
import type { Condition } from '../../src/model/status.ts';
import type { Allowance } from './allowance.ts';
import type { RemovalFigures } from './removals.ts';

/** The condition of an APIGateway by which its removals are stopped. */
export const removalHeldType = 'RemovalHeld';

/** What the status of an APIGateway remembers of removals: without it, a restart would release everything anew. */
export interface RemovalStatus extends Partial<Allowance> {
  readonly held: number;
}

export function removalStatusOf({ isHeld, going, released }: RemovalFigures): {
  readonly removals?: RemovalStatus;
} {
  if (!isHeld && released === undefined) return {};
  return { removals: { held: isHeld ? going : 0, ...released } };
}

/** Whether removals are held, with the figures and the way out. */
export function removalHeld(
  figures: RemovalFigures,
): Pick<Condition, 'type' | 'status' | 'reason' | 'message'> {
  const type = removalHeldType;
  if (!figures.isHeld) {
    return { type, status: 'False', reason: 'NothingHeld', message: 'no removal is held' };
  }
  const { holds, going, gone, maxPercent } = figures;
  const lately = gone === 0 ? '' : ` after ${gone} that have gone`;
  const would = `${going} of the ${holds} resources that it holds would be removed${lately}, which is more than ${few} and more than ${maxPercent} % at once`;
  const way = `undo the change, or annotate the APIGateway with ${annotation.allowRemoval}: "${going}"`;
  return { type, status: 'True', reason: 'TooMany', message: `${would}; ${way}${whyNot(figures)}` };
}

/** Why the annotation that stands there does not release them. */
function whyNot({ released }: RemovalFigures): string {
  if (released === undefined) return '';
  const { allowed, used } = released;
  return used === 0
    ? ` (it says "${allowed}", which is too few)`
    : ` (it says "${allowed}", of which ${used} are used up; take it away first where the number is the same)`;
}
