import { randomUUID } from 'node:crypto';
import type { KubeObject } from '../../../src/kube/resource.ts';
import { api, apiType, namespace } from '../resources.ts';

/** So many creations are under way at the same time at most; the webhook remembers each until it has seen it stored. */
const differentNames = 16;

/** Reviews as the API server sends them when somebody applies an API with kubectl. */
export function reviews(operations: number): readonly object[] {
  return Array.from({ length: differentNames }, (_, index) =>
    review(api(`reviewed-${index}`, { operations })),
  );
}

function review(object: KubeObject): object {
  const { group, version, kind, plural } = apiType;
  const uid = randomUUID();
  const name = object.metadata.name;
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid,
      kind: { group, version, kind },
      resource: { group, version, resource: plural },
      requestKind: { group, version, kind },
      requestResource: { group, version, resource: plural },
      name,
      namespace,
      operation: 'CREATE',
      userInfo: {
        username: 'kubernetes-admin',
        groups: ['kubeadm:cluster-admins', 'system:authenticated'],
        extra: { 'authentication.kubernetes.io/credential-id': ['X509SHA256=0123456789abcdef'] },
      },
      object: {
        ...object,
        metadata: {
          ...object.metadata,
          uid: randomUUID(),
          generation: 1,
          creationTimestamp: '2026-01-01T00:00:00Z',
          managedFields: [managedFields(object)],
        },
      },
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1', fieldManager: 'kubectl-create' },
    },
  };
}

function managedFields({ apiVersion, spec }: KubeObject): object {
  const fields = Object.keys(spec as object).map((key) => [`f:${key}`, {}]);
  return {
    manager: 'kubectl-create',
    operation: 'Update',
    apiVersion,
    time: '2026-01-01T00:00:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:spec': { '.': {}, ...(Object.fromEntries(fields) as object) } },
  };
}
