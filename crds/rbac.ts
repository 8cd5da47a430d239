import { group } from '../src/model/generation.ts';
import { operatorLease } from '../src/model/platform-operator.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

const rule = (
  apiGroup: string,
  resources: readonly string[],
  verbs: readonly string[],
  resourceNames?: readonly string[],
): Rule => ({
  apiGroups: [apiGroup],
  resources,
  verbs,
  ...(resourceNames === undefined ? {} : { resourceNames }),
});

const read = ['get', 'list', 'watch'];

const role = (name: string, rules: readonly Rule[]) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name, labels: { 'app.kubernetes.io/part-of': 'portcullis' } },
  rules,
});

/** What each process may do, derived from the kinds. The chart issue narrows Secrets to namespaces. */
export function clusterRoles(
  names: { readonly configuration: string },
  plurals: { readonly rows: readonly string[]; readonly gateway: string },
): readonly object[] {
  const everything = [...plurals.rows, plurals.gateway];
  return [
    role('portcullis-webhook', [
      rule(group, everything, read),
      rule('', ['namespaces'], read),
      rule('', ['secrets'], [...read, 'create', 'update', 'patch']),
      rule('', ['configmaps'], ['get']),
      rule('', ['events'], ['create', 'patch']),
      rule('events.k8s.io', ['events'], ['create', 'patch']),
      rule('authorization.k8s.io', ['subjectaccessreviews'], ['create']),
      // Who may read the metrics, where that is reviewed.
      rule('authentication.k8s.io', ['tokenreviews'], ['create']),
      rule(
        'admissionregistration.k8s.io',
        ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
        ['list', 'watch'],
      ),
      rule(
        'admissionregistration.k8s.io',
        ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
        ['get', 'update', 'patch'],
        [names.configuration],
      ),
    ]),
    role('portcullis-controller', [
      rule(group, everything, [...read, 'update', 'patch']),
      rule(
        group,
        everything.map((plural) => `${plural}/status`),
        ['get', 'update', 'patch'],
      ),
      rule(
        group,
        everything.map((plural) => `${plural}/finalizers`),
        ['update'],
      ),
      rule('', ['namespaces'], read),
      rule('', ['secrets'], ['get', 'create', 'patch', 'update']),
      rule('', ['configmaps'], ['get']),
      rule('', ['services'], ['get', 'list']),
      rule('', ['events'], ['create', 'patch']),
      rule('events.k8s.io', ['events'], ['create', 'patch']),
      // Who may read the metrics, where that is reviewed.
      rule('authorization.k8s.io', ['subjectaccessreviews'], ['create']),
      rule('authentication.k8s.io', ['tokenreviews'], ['create']),
      rule('apiextensions.k8s.io', ['customresourcedefinitions'], read),
      // Whether the platform's own operator works, wherever it is.
      rule('coordination.k8s.io', ['leases'], ['list'], [operatorLease]),
    ]),
    // What the gateways have loaded, and who leads: to be bound by RoleBindings in Portcullis's own namespace, and nowhere else.
    role('portcullis-webhook-own', [rule('', ['configmaps'], read)]),
    role('portcullis-controller-own', [
      rule('', ['configmaps'], [...read, 'create', 'update', 'patch', 'delete']),
      rule('coordination.k8s.io', ['leases'], ['get', 'create', 'update']),
    ]),
  ];
}
