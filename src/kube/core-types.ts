import { group } from '../model/generation.ts';
import type { ResourceType } from './resource.ts';

const core = (kind: string, plural: string, namespaced: boolean): ResourceType => ({
  group: '',
  version: 'v1',
  plural,
  kind,
  namespaced,
});

export const namespaceType = core('Namespace', 'namespaces', false);
export const secretType = core('Secret', 'secrets', true);
export const configMapType = core('ConfigMap', 'configmaps', true);

/** The stored version of a custom resource of ours. */
export function customType({
  kind,
  plural,
}: {
  readonly kind: string;
  readonly plural: string;
}): ResourceType {
  return { group, version: 'v1', plural, kind, namespaced: true };
}
