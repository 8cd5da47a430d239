import { reviewPolicyKind } from '../../src/kinds/review-policy.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import { customType } from '../../src/kube/core-types.ts';
import type { KubeObject } from '../../src/kube/resource.ts';
import type { Json } from '../manifests/documents.ts';
import type { StoredPolicy } from '../../src/review/reviewer.ts';

/** The review policies that hold in the cluster. */
export async function policiesIn(client: KubeClient, gaps: Set<string>): Promise<readonly StoredPolicy[]> {
  try {
    const { items } = await client.list<KubeObject>(customType(reviewPolicyKind));
    return items.map(({ metadata, spec }) => ({ name: metadata.name, spec }));
  } catch (error) {
    if (isKubeError(error, 'notFound')) return [];
    if (!isKubeError(error, 'forbidden')) throw error;
    gaps.add(`you may not list ${reviewPolicyKind.plural}: none of the cluster's counts`);
    return [];
  }
}

/** A policy that stands in a file. */
export function storedPolicy({ metadata, spec }: Json): StoredPolicy {
  const { name } = (metadata ?? {}) as { readonly name?: unknown };
  return { name: typeof name === 'string' ? name : '', spec };
}
