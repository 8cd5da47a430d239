import { reviewGroup, reviewPolicyKind } from '../../src/kinds/review-policy.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import type { KubeObject, ResourceType } from '../../src/kube/resource.ts';
import type { StoredPolicy } from '../../src/review/reviewer.ts';

export const reviewPolicyType: ResourceType = {
  group: reviewGroup,
  version: 'v1',
  plural: reviewPolicyKind.plural,
  kind: reviewPolicyKind.kind,
  namespaced: false,
};

/** The review policies that hold in the cluster. */
export async function policiesIn(client: KubeClient, gaps: Set<string>): Promise<readonly StoredPolicy[]> {
  try {
    const { items } = await client.list<KubeObject>(reviewPolicyType);
    return items.map(({ metadata, spec }) => ({ name: metadata.name, spec }));
  } catch (error) {
    if (isKubeError(error, 'notFound')) return [];
    if (!isKubeError(error, 'forbidden')) throw error;
    gaps.add(`you may not list ${reviewPolicyKind.plural}: none of the cluster's counts`);
    return [];
  }
}
