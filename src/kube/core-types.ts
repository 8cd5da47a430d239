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
export const podType = core('Pod', 'pods', true);

export const deploymentType: ResourceType = {
  group: 'apps',
  version: 'v1',
  plural: 'deployments',
  kind: 'Deployment',
  namespaced: true,
};

const webhookConfiguration = (kind: string, plural: string): ResourceType => ({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural,
  kind,
  namespaced: false,
});

export const validatingConfigurationType = webhookConfiguration(
  'ValidatingWebhookConfiguration',
  'validatingwebhookconfigurations',
);
export const mutatingConfigurationType = webhookConfiguration(
  'MutatingWebhookConfiguration',
  'mutatingwebhookconfigurations',
);

/** The stored version of a custom resource of ours; of our main group and in a namespace unless said otherwise. */
export function customType(of: {
  readonly kind: string;
  readonly plural: string;
  readonly group?: string;
  readonly namespaced?: boolean;
}): ResourceType {
  const { kind, plural, namespaced = true } = of;
  return { group: of.group ?? group, version: 'v1', plural, kind, namespaced };
}
