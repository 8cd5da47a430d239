import type { ReviewPolicySpec } from '../kinds/review-policy.ts';
import type { Judgement, RuleKey } from './evaluation.ts';
import type { Facts } from './facts.ts';

/** What the thread is told. */
export type ToWorker =
  | { readonly is: 'define'; readonly policy: number; readonly spec: ReviewPolicySpec }
  | { readonly is: 'forget'; readonly policy: number }
  | {
      readonly is: 'task';
      readonly facts: Facts;
      readonly rules: readonly RuleKey[];
      /** Shared memory, see `at`: the thread can't be told anything while it evaluates. */
      readonly progress: Int32Array<SharedArrayBuffer>;
    };

/** What it answers to a task: one judgement for each rule, in order, up to where it was cancelled. */
export interface FromWorker {
  readonly judgements: readonly Judgement[];
}

/** Where in the shared memory stands which rule is under way, and whether to stop after it. */
export const at = { rule: 0, cancelled: 1 } as const;

/** While no rule is. */
export const notBegun = -1;
