import { minimal } from '../../support/manifests.ts';

export const group = 'gateway.api-platform.wso2.com';

/** A review as the API server sends it, with parts replaced. */
export function review(request: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const object = {
    apiVersion: `${group}/v1`,
    kind: 'RestApi',
    metadata: { name: 'books', namespace: 'shop', uid: 'u-1' },
    spec: minimal.RestApi,
  };
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'r-1',
      kind: { group, version: 'v1', kind: 'RestApi' },
      resource: { group, version: 'v1', resource: 'restapis' },
      name: 'books',
      namespace: 'shop',
      operation: 'CREATE',
      userInfo: { username: 'ada', groups: ['system:authenticated'], extra: { scopes: ['a'] } },
      object,
      oldObject: null,
      dryRun: false,
      options: {
        kind: 'CreateOptions',
        apiVersion: 'meta.k8s.io/v1',
        fieldManager: 'kubectl-client-side-apply',
      },
      ...request,
    },
  };
}
