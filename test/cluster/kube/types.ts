import type { BareObject, ResourceType } from '../../../src/kube/resource.ts';

export const configMapType: ResourceType = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};

export interface ConfigMap extends BareObject {
  readonly data?: Readonly<Record<string, string>>;
}

export function configMap(
  namespace: string,
  name: string,
  data: Readonly<Record<string, string>> = {},
): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name }, data };
}
