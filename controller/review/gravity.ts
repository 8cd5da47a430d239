import { reviewActions, type ReviewAction } from '../../src/kinds/review-policy.ts';

/** Puts what leads to a refusal before what leads to a warning, and that before what is only noted. */
export function graverFirst(
  one: { readonly action: ReviewAction },
  other: { readonly action: ReviewAction },
): number {
  return reviewActions.indexOf(one.action) - reviewActions.indexOf(other.action);
}
