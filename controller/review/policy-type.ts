import { reviewPolicyKind, type ReviewPolicySpec } from '../../src/kinds/review-policy.ts';
import { customType } from '../../src/kube/core-types.ts';
import type { KubeObject, ResourceType } from '../../src/kube/resource.ts';
import type { ReviewPolicyStatus } from '../../src/review/policy-status.ts';

/** Where review policies are kept. They are of no namespace. */
export const reviewPolicyType: ResourceType = customType(reviewPolicyKind);

/** A policy as it is stored. It may have come in while the webhook was down, so that nothing is known of its spec. */
export type StoredReviewPolicy = KubeObject<ReviewPolicySpec, ReviewPolicyStatus>;
