import { restApi as row } from '../../src/kinds/rest-api.ts';
import { customType } from '../../src/kube/core-types.ts';
import type { KubeObject, ResourceType } from '../../src/kube/resource.ts';
import { group } from '../../src/model/generation.ts';

/** Where everything that is measured stands. */
export const namespace = 'bench';
/** The label by which gateways take it. */
export const takenLabel = 'bench';

export const apiType = customType(row);
/** The same definition under groups that our processes don't know: what nobody reviews, and what is always allowed. */
export const unreviewedType: ResourceType = { ...apiType, group: 'unreviewed.bench.example.com' };
export const allowedType: ResourceType = { ...apiType, group: 'allowed.bench.example.com' };

export interface ApiOptions {
  readonly operations?: number;
  /** Which gateways take it: those that select this value of the label. */
  readonly taken?: string;
  readonly type?: ResourceType;
  readonly finalizers?: readonly string[];
}

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];

export function api(
  name: string,
  { operations = 5, taken = 'yes', type = apiType, finalizers }: ApiOptions = {},
): KubeObject {
  return {
    apiVersion: `${type.group}/${type.version}`,
    kind: type.kind,
    metadata: { name, namespace, labels: { [takenLabel]: taken }, ...(finalizers && { finalizers }) },
    spec: {
      displayName: `The API ${name}`,
      version: 'v1.0',
      context: `/${name}`,
      upstream: { main: { url: 'http://backend.example:8080/base' } },
      operations: Array.from({ length: operations }, (_, index) => ({
        method: methods[index % methods.length],
        path: `/things/${Math.floor(index / methods.length)}/{id}`,
      })),
    },
  };
}

/** What a gateway is sent for it, but for the mark of ownership. */
export function documentOf({ kind, metadata, spec }: KubeObject): object {
  return {
    apiVersion: `${group}/v1`,
    kind,
    metadata: { name: metadata.name, labels: metadata.labels },
    spec,
  };
}
