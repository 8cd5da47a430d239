import type { Held } from '../../src/checks/gather.ts';
import { gatewayKind } from '../../src/kinds/api-gateway.ts';
import { table } from '../../src/kinds/table.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { configMapType, customType, namespaceType, secretType } from '../../src/kube/core-types.ts';
import { holderValues, type Holder } from '../../src/kube/holder.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import type { BareObject, KubeObject, ResourceType } from '../../src/kube/resource.ts';
import { maySelf } from '../../src/kube/self-review.ts';
import { group } from '../../src/model/generation.ts';
import type { Resource } from '../../src/model/resource.ts';
import { definitionsLabel, gatewayAnnotation } from '../../src/policies/kept.ts';
import { PolicyLibrary } from '../../src/policies/library.ts';
import { unpacked, type Packed } from '../../src/policies/packed.ts';
import type { Say } from '../progress.ts';
import { policiesIn } from './policies.ts';
import type { NamespaceObject, Surroundings } from './surroundings.ts';

/**
 * What the cluster holds around the files, with the person's own rights. What may not be listed in the whole cluster is
 * listed in the namespaces of the files; what may not be seen at all is a gap, and told.
 */
export async function clusterAround(
  client: KubeClient,
  namespaces: readonly string[],
  say: Say,
): Promise<Surroundings> {
  const gaps = new Set<string>();
  const list = async <T extends BareObject>(type: ResourceType, options: { labelSelector?: string } = {}) => {
    say(`Reading ${type.plural}`);
    return await listed<T>(client, type, namespaces, options, gaps);
  };
  const resources: Resource[] = [];
  for (const row of table.rows) resources.push(...asResources(await list<KubeObject>(customType(row))));
  const gateways = asResources(await list<KubeObject>(customType(gatewayKind)));
  const kept = await list<BareObject & Packed>(configMapType, { labelSelector: definitionsLabel });
  return {
    isCluster: true,
    resources,
    gateways,
    namespaces: (await list<BareObject>(namespaceType)) as unknown as readonly NamespaceObject[],
    policies: await policiesIn(client, gaps),
    holders: { read: (from, namespace, name) => holderIn(client, from, namespace, name) },
    libraryOf: librariesOf(kept),
    mayBind: (name) => maySelf(client, { verb: 'bind', group, resource: gatewayKind.plural, name }),
    gaps: [...gaps],
  };
}

async function listed<T extends BareObject>(
  client: KubeClient,
  type: ResourceType,
  namespaces: readonly string[],
  options: { readonly labelSelector?: string },
  gaps: Set<string>,
): Promise<readonly T[]> {
  try {
    return (await client.list<T>(type, options)).items;
  } catch (error) {
    if (isKubeError(error, 'notFound')) return [];
    if (!isKubeError(error, 'forbidden')) throw error;
  }
  if (!type.namespaced)
    return (await Promise.all(namespaces.map((name) => readable<T>(client, type, name)))).flat();
  gaps.add(`you may not list ${type.plural} in the whole cluster: only namespaces of the files count`);
  const found = await Promise.all(
    namespaces.map(async (namespace) => {
      try {
        return (await client.list<T>(type, { ...options, namespace })).items;
      } catch (error) {
        if (!isKubeError(error, 'forbidden', 'notFound')) throw error;
        gaps.add(`you may not list ${type.plural} in namespace ${namespace}: it counts as having none`);
        return [];
      }
    }),
  );
  return found.flat();
}

async function readable<T extends BareObject>(
  client: KubeClient,
  type: ResourceType,
  name: string,
): Promise<readonly T[]> {
  try {
    const object = await client.get<T>(type, undefined, name);
    return object === undefined ? [] : [object];
  } catch (error) {
    if (isKubeError(error, 'forbidden')) return [];
    throw error;
  }
}

/** What the person may not read the webhook would not have read for them either. */
async function holderIn(
  client: KubeClient,
  from: 'Secret' | 'ConfigMap',
  namespace: string,
  name: string,
): Promise<Held> {
  try {
    const type = from === 'Secret' ? secretType : configMapType;
    return { allowed: true, values: holderValues(from, await client.get<Holder>(type, namespace, name)) };
  } catch (error) {
    if (isKubeError(error, 'forbidden')) return { allowed: false, values: undefined };
    throw error;
  }
}

function librariesOf(kept: readonly (BareObject & Packed)[]): Surroundings['libraryOf'] {
  const byGateway = new Map(kept.map((one) => [one.metadata.annotations?.[gatewayAnnotation] ?? '', one]));
  const made = new Map<string, PolicyLibrary | undefined>();
  return (gateway) => {
    const packed = byGateway.get(gateway);
    if (packed === undefined) return undefined;
    if (!made.has(gateway)) {
      const definitions = unpacked(packed);
      made.set(gateway, definitions && new PolicyLibrary(definitions));
    }
    return made.get(gateway);
  };
}

function asResources(objects: readonly KubeObject[]): readonly Resource[] {
  return objects as unknown as readonly Resource[];
}
