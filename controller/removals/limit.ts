import { isLargeRemoval } from '../../src/selection/large-removal.ts';

/** A gateway as a whole, as far as removals go that nobody asked for one by one. */
export interface RemovalPicture {
  /** Everything of ours that stands there, what is to go included. */
  readonly holds: number;
  /** How much of it would go: the gateway takes it no more, or it is an orphan. */
  readonly going: number;
  /** How much went lately in the same way without having been released. */
  readonly gone: number;
  /** How much may go because somebody said so. */
  readonly allowance: number;
}

/** It may go as it is usual, because somebody released it, or not before somebody does. */
export type Verdict = 'free' | 'released' | 'held';

/**
 * Whether what would go may go. A release is for all that would go or for nothing: whoever gave a number had another
 * picture in mind if there is more. It stays good while it is made use of, as what would go gets less with the allowance.
 */
export function verdictOn({ holds, going, gone, allowance }: RemovalPicture, maxPercent: number): Verdict {
  if (going > 0 && going <= allowance) return 'released';
  return isLargeRemoval(going + gone, holds + gone, maxPercent) ? 'held' : 'free';
}
