import type { Stored, Subject } from '../cluster/stored.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { ReviewSubject } from '../../src/review/subject.ts';
import { knownGateway, type KnownGateway } from '../../src/selection/gateways.ts';
import { sourcesOf } from '../../src/model/spec-secrets.ts';
import type { ValueReader } from '../../src/kube/value-reader.ts';

interface Dependencies {
  readonly cluster: Pick<Cluster, 'gateways' | 'selects' | 'namespace' | 'rules'>;
  readonly values: Pick<ValueReader, 'read'>;
}

/** All that policies may see of a stored resource. */
export async function factsOf(subject: Subject, deps: Dependencies, now: Date): Promise<ReviewSubject> {
  const { row, resource } = subject;
  const { namespace } = resource.metadata;
  const { labels = {}, annotations = {} } = deps.cluster.namespace(namespace)?.metadata ?? {};
  const publicValues = await publicValuesOf(subject, deps.values);
  return {
    row,
    object: resource,
    old: undefined,
    request: undefined,
    namespace: { name: namespace, labels, annotations },
    selected: selecting(resource, deps.cluster),
    now,
    ...(publicValues.size === 0 ? {} : { publicValues }),
  };
}

function selecting(resource: Stored, cluster: Dependencies['cluster']): readonly KnownGateway[] {
  return cluster
    .gateways()
    .filter((gateway) => cluster.selects(gateway, resource))
    .map((gateway) => knownGateway(gateway, cluster.rules));
}

/** What stands in Secrets and may be read by anybody. What can't be read is left out: a review is no reason to fail. */
async function publicValuesOf(
  { row, resource }: Subject,
  values: Dependencies['values'],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  if (row.secretsArePublic !== true) return found;
  for (const { path, from, source } of sourcesOf(row, resource.spec)) {
    if (source.is === 'inline') continue;
    const read = await values.read(from, resource.metadata.namespace, source.name).catch(() => undefined);
    const value = read?.[source.key];
    if (value !== undefined) found.set(`spec.${path}`, value);
  }
  return found;
}
