import { gatewayKind } from '../../src/kinds/api-gateway.ts';
import { table } from '../../src/kinds/table.ts';
import { group } from '../../src/model/generation.ts';
import { operatorLease } from '../../src/model/platform-operator.ts';
import type { Cluster } from './cluster/cluster.ts';
import { configuration, home, succeed } from './installation.ts';

const kinds = [...table.rows.map(({ plural }) => plural), gatewayKind.plural];
const configurations = ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'];
const rule = (apiGroup: string, resources: readonly string[], verbs: string, resourceNames?: string[]) => ({
  apiGroups: [apiGroup],
  resources,
  verbs: verbs.split(' '),
  ...(resourceNames && { resourceNames }),
});
const createEvents = rule('events.k8s.io', ['events'], 'create patch');

/** What docs/permissions.md says: in each watched namespace, in Portcullis's own, and in the whole cluster. */
const rules = {
  webhook: {
    watched: [rule(group, kinds, 'get list watch'), rule('', ['secrets', 'configmaps'], 'get')],
    own: [
      rule('', ['configmaps'], 'list watch'),
      rule('', ['secrets'], 'get list watch create update'),
      createEvents,
    ],
    cluster: [
      rule('', ['namespaces'], 'get list watch'),
      rule('authorization.k8s.io', ['subjectaccessreviews'], 'create'),
      rule('admissionregistration.k8s.io', configurations, 'list watch patch', [configuration]),
    ],
  },
  controller: {
    watched: [
      rule(group, kinds, 'get list watch patch'),
      rule(
        group,
        kinds.map((plural) => `${plural}/status`),
        'patch',
      ),
      rule('', ['secrets'], 'get create patch'),
      rule('', ['configmaps'], 'get'),
      rule('', ['services'], 'list'),
      createEvents,
    ],
    own: [
      rule('', ['configmaps'], 'get list create patch delete'),
      rule('', ['secrets'], 'get create'),
      rule('coordination.k8s.io', ['leases'], 'get create update'),
    ],
    cluster: [
      rule('', ['namespaces'], 'get list watch'),
      rule('coordination.k8s.io', ['leases'], 'list', [operatorLease]),
      // A namespace that is deleted loses its Roles first.
      rule(group, kinds, 'patch'),
    ],
  },
} as const;

/** Takes away what the processes may do in the whole cluster, and lets them do in certain namespaces what they need. */
export async function confine(cluster: Cluster, namespaces: readonly string[]): Promise<void> {
  for (const kind of ['clusterrolebinding', 'clusterrole'])
    await succeed(cluster, ['delete', kind, 'portcullis-webhook', 'portcullis-controller']);
  const items = (['webhook', 'controller'] as const).flatMap((process) => [
    ...granted(process, undefined, rules[process].cluster),
    ...granted(process, home, rules[process].own),
  ]);
  await apply(cluster, items);
  for (const namespace of namespaces) await letIn(cluster, namespace);
}

/** The Roles of one watched namespace. */
export async function letIn(cluster: Cluster, namespace: string): Promise<void> {
  const items = (['webhook', 'controller'] as const).flatMap((process) =>
    granted(process, namespace, rules[process].watched),
  );
  await apply(cluster, items);
}

function granted(process: string, namespace: string | undefined, granting: readonly object[]) {
  const apiGroup = 'rbac.authorization.k8s.io';
  const apiVersion = `${apiGroup}/v1`;
  const user = `portcullis-${process}`;
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  const metadata = { name: `${user}-confined`, ...(namespace !== undefined && { namespace }) };
  return [
    { apiVersion, kind, metadata, rules: granting },
    {
      apiVersion,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup, kind, name: metadata.name },
      subjects: [{ apiGroup, kind: 'User', name: user }],
    },
  ];
}

async function apply(cluster: Cluster, items: readonly object[]): Promise<void> {
  await succeed(cluster, ['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}
