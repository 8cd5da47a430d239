import type { ReviewAction } from '../kinds/review-policy.ts';

/** What one rule of one policy has to say of one resource. */
export interface Breach {
  readonly policy: string;
  readonly rule: string;
  /** After the roll-out: what it leads to in this namespace. */
  readonly action: ReviewAction;
  /** One line without control characters, of a bounded length. */
  readonly message: string;
  /** The field that it is said of; `spec` where the rule names none. */
  readonly path: string;
  /** Set where an exception covers it; it then leads to a warning at most. */
  readonly excused?: { readonly reason: string; readonly expires: string };
  /** Set where what is stored breaks the rule already and an edit left alone what the rule looks at. */
  readonly standing?: true;
  /** Set where the rule could not be evaluated: Deny fails closed, so this counts as a breach; others tell it. */
  readonly failed?: 'error' | 'limit';
}
