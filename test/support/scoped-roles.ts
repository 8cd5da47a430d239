import type { Process, Scope } from '../../src/manifests/rbac.ts';
import type { Cluster } from './cluster/cluster.ts';
import { bound, home, processes, rulesOf, succeed, userOf } from './installation.ts';

/** Takes away what the processes may do in the whole cluster, and lets them do in certain namespaces what they need. */
export async function confine(cluster: Cluster, namespaces: readonly string[]): Promise<void> {
  for (const kind of ['clusterrolebinding', 'clusterrole'])
    await succeed(cluster, ['delete', kind, ...processes.map(userOf)]);
  const items = processes.flatMap((process) => [
    ...confined(process, undefined, 'cluster'),
    ...confined(process, home, 'own'),
  ]);
  await apply(cluster, items);
  for (const namespace of namespaces) await letIn(cluster, namespace);
}

/** The Roles of one watched namespace. */
export async function letIn(cluster: Cluster, namespace: string): Promise<void> {
  const items = processes.flatMap((process) => confined(process, namespace, 'resources'));
  await apply(cluster, items);
}

/** What the chart grants in a scope where namespaces are named; what only reviewed metrics need is not among it. */
function confined(process: Process, namespace: string | undefined, scope: Scope): readonly object[] {
  const user = userOf(process);
  const metadata = { name: `${user}-confined`, ...(namespace !== undefined && { namespace }) };
  const rules = rulesOf(process, (grant) => grant.scope === scope && grant.when !== 'reviewedMetrics');
  return bound(metadata, rules, user);
}

async function apply(cluster: Cluster, items: readonly object[]): Promise<void> {
  await succeed(cluster, ['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}
