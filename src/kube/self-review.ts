import type { KubeClient } from './client.ts';
import type { BareObject, ResourceType } from './resource.ts';
import type { ResourceAccess } from './reviews.ts';

const selfReviewType: ResourceType = {
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'selfsubjectaccessreviews',
  kind: 'SelfSubjectAccessReview',
  namespaced: false,
};

interface SelfReview extends BareObject {
  readonly spec: { readonly resourceAttributes: ResourceAccess };
  readonly status?: { readonly allowed?: boolean };
}

/** Whether whoever the client signs in as may do something. */
export async function maySelf(
  client: Pick<KubeClient, 'create'>,
  resourceAttributes: ResourceAccess,
): Promise<boolean> {
  const review: SelfReview = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: selfReviewType.kind,
    // The API server stores none, and asks for no name.
    metadata: { name: '' },
    spec: { resourceAttributes },
  };
  return (await client.create<SelfReview>(selfReviewType, review)).status?.allowed === true;
}
