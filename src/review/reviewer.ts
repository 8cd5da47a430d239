import type { Breach } from './breach.ts';
import type { PolicyContext } from './compile.ts';
import type { ReviewSubject } from './subject.ts';

/** A policy as it is stored, or as it stands in a file. */
export interface StoredPolicy {
  readonly name: string;
  /** Changes whenever the spec does; a spec that is the same object is the same too. */
  readonly spec: unknown;
}

/**
 * Judges resources by policies. Everything that is evaluated runs in a worker thread that is ended when it takes too
 * long or too much; there is none while no policy is set. One Reviewer serves a process.
 */
export declare class Reviewer implements AsyncDisposable {
  constructor(context: PolicyContext);

  /** Replaces all policies. Compiles what is new; a rule that doesn't compile fails wherever it applies. */
  setPolicies(policies: readonly StoredPolicy[]): void;

  /** Whether any policy is set. */
  readonly isNeeded: boolean;

  /** Every breach, in the order of policies' names and of rules; bounded in time (`reviewBudgetMs`) and size. */
  review(subject: ReviewSubject): Promise<readonly Breach[]>;

  /** The names of the policies that are about a subject, whatever they say of it. */
  about(subject: ReviewSubject): readonly string[];

  [Symbol.asyncDispose](): Promise<void>;
}
