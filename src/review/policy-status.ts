import type { ReviewAction } from '../kinds/review-policy.ts';

/** One breach of a resource that is stored, as the status of its policy tells it. */
export interface StatedBreach {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly rule: string;
  readonly action: ReviewAction;
  readonly path: string;
  readonly message: string;
}

/** An exception whose end is near or past. */
export interface StatedException {
  /** Where it stands, as spec.exceptions[0]. */
  readonly path: string;
  readonly reason: string;
  readonly expires: string;
}

/** What the controller says in the status of a ReviewPolicy. */
export interface ReviewPolicyStatus {
  readonly observedGeneration?: number;
  /** So many rules it has. */
  readonly rules?: number;
  /** Resources that it is about. */
  readonly reviewed?: number;
  /** Breaches by what they lead to, without those that are excused. */
  readonly denied?: number;
  readonly warned?: number;
  readonly audited?: number;
  readonly excused?: number;
  /** Rules that could not be evaluated of a resource. */
  readonly failed?: number;
  readonly lastReviewTime?: string;
  /** The first breaches, the gravest first. */
  readonly violations?: readonly StatedBreach[];
  readonly endedExceptions?: readonly StatedException[];
  /** Those that end within a week. */
  readonly endingExceptions?: readonly StatedException[];
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: 'True' | 'False' | 'Unknown';
    readonly reason: string;
    readonly message: string;
    readonly lastTransitionTime: string;
    readonly observedGeneration?: number;
  }[];
}
