import { reviewGroup, reviewPolicyKind, type ReviewPolicySpec } from '../../src/kinds/review-policy.ts';
import type { KubeObject, ResourceType } from '../../src/kube/resource.ts';
import type { ReviewPolicyStatus } from '../../src/review/policy-status.ts';

/** Where review policies are kept. They are of no namespace. */
export const reviewPolicyType: ResourceType = {
  group: reviewGroup,
  version: 'v1',
  plural: reviewPolicyKind.plural,
  kind: reviewPolicyKind.kind,
  namespaced: false,
};

/** A policy as it is stored. It may have come in while the webhook was down, so that nothing is known of its spec. */
export type StoredReviewPolicy = KubeObject<ReviewPolicySpec, ReviewPolicyStatus>;
