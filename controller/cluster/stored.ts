import type { KubeObject } from '../../src/kube/resource.ts';
import type { Kind } from '../../src/model/kind.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { GatewaySpec } from '../../src/kinds/api-gateway.ts';
import type { ResourceStatus } from '../../src/model/status.ts';

/** A custom resource as it is stored, with the row of its kind. */
export interface Stored extends Resource {
  readonly apiVersion: string;
  readonly metadata: Resource['metadata'] & {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation: number;
  };
  readonly status?: ResourceStatus;
}

/** An APIGateway as it is stored. */
export interface StoredGateway extends Resource {
  readonly metadata: Stored['metadata'];
  readonly spec?: GatewaySpec;
}

/** What the API server has stored carries all of this; a draft, which we never hold, would not. */
export function asStored(object: KubeObject): Stored {
  return object as unknown as Stored;
}

/** `kind/namespace/name`, the key of a resource in queues and maps. */
export function resourceKey(
  resource: Pick<Resource, 'kind'> & {
    readonly metadata: { readonly namespace: string; readonly name: string };
  },
): string {
  return `${resource.kind}/${resource.metadata.namespace}/${resource.metadata.name}`;
}

export interface ResourceId {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export function parseResourceKey(key: string): ResourceId {
  const [kind = '', namespace = '', name = ''] = key.split('/');
  return { kind, namespace, name };
}

/** A resource with the row of its kind: what everything about a binding starts from. */
export interface Subject {
  readonly row: Kind;
  readonly resource: Stored;
}
