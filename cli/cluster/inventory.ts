import { gatewayKind } from '../../src/kinds/api-gateway.ts';
import { table } from '../../src/kinds/table.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { customType } from '../../src/kube/core-types.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import type { KubeObject, ResourceType } from '../../src/kube/resource.ts';
import type { Kind } from '../../src/model/kind.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { ResourceStatus } from '../../src/model/status.ts';

/** A resource as it is stored, with the row of its kind. */
export interface StoredResource {
  readonly row: Kind;
  readonly resource: Resource & { readonly status?: ResourceStatus };
}

export interface Inventory {
  readonly resources: readonly StoredResource[];
  readonly gateways: readonly Resource[];
  /** What could not be read, and why; the person may look at less than there is. */
  readonly unread: readonly string[];
}

export interface Scope {
  /** Undefined: all. */
  readonly namespace: string | undefined;
  readonly rows?: readonly Kind[];
}

/** Reads every resource of some kinds, and every gateway that the person may see. */
export async function readInventory(
  client: KubeClient,
  { namespace, rows = table.rows }: Scope,
): Promise<Inventory> {
  const unread: string[] = [];
  const listed = await Promise.all(
    rows.map(async (row) => {
      const found = await listOf(client, customType(row), namespace, unread);
      return found.map((resource) => ({ row, resource: resource as StoredResource['resource'] }));
    }),
  );
  return { resources: listed.flat(), gateways: await readGateways(client, namespace, unread), unread };
}

/** The gateways of the cluster or, where the person may not see those, of one namespace. */
export async function readGateways(
  client: KubeClient,
  namespace: string | undefined,
  unread: string[],
): Promise<readonly Resource[]> {
  const type = customType(gatewayKind);
  try {
    return asResources((await client.list<KubeObject>(type)).items);
  } catch (error) {
    if (isKubeError(error, 'notFound')) return [];
    if (!isKubeError(error, 'forbidden')) throw error;
    if (namespace === undefined) {
      unread.push(error.message);
      return [];
    }
    return await listOf(client, type, namespace, unread);
  }
}

/** Everything of a type. A kind that is not installed has no resources; what may not be read is noted. */
async function listOf(
  client: KubeClient,
  type: ResourceType,
  namespace: string | undefined,
  unread: string[],
): Promise<readonly Resource[]> {
  try {
    return asResources((await client.list<KubeObject>(type, { namespace })).items);
  } catch (error) {
    if (isKubeError(error, 'notFound')) return [];
    if (!isKubeError(error, 'forbidden')) throw error;
    unread.push(error.message);
    return [];
  }
}

function asResources(objects: readonly KubeObject[]): readonly Resource[] {
  return objects as unknown as readonly Resource[];
}
