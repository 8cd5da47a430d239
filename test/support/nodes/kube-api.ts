import { createKubeClient, loadKubeConfig, type KubeClient } from '../../../src/kube/client.ts';
import { resourcePath } from '../../../src/kube/resource-path.ts';
import type { ObjectMeta, ResourceType } from '../../../src/kube/resource.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import { podType, type Pod } from './pod.ts';

/** What a node says to the API server, beside what every client does. */
export interface KubeApi {
  readonly client: KubeClient;
  bind(pod: Pod, node: string): Promise<void>;
  /** The bound token of a Pod, as it is mounted into it. */
  token(
    pod: Pod,
    options: { readonly audience?: string; readonly expirationSeconds?: number },
  ): Promise<string>;
  /** Takes the Pod away for good: its processes are gone. */
  remove(pod: Pod): Promise<void>;
}

const serviceAccountType: ResourceType = { ...podType, plural: 'serviceaccounts', kind: 'ServiceAccount' };

export function kubeApi(kubeconfig: string): KubeApi {
  const kubeConfig = loadKubeConfig({ path: kubeconfig });
  const transport = createTransport(kubeConfig);
  const pathOf = ({ namespace, name }: ObjectMeta, subresource?: string) =>
    resourcePath(podType, namespace, name, subresource);
  return {
    client: createKubeClient({ kubeConfig }),
    async bind({ metadata }, node) {
      const { name, namespace, uid } = metadata;
      await transport.request(`bind Pod ${namespace}/${name}`, {
        method: 'POST',
        path: pathOf(metadata, 'binding'),
        body: {
          apiVersion: 'v1',
          kind: 'Binding',
          metadata: { name, namespace, uid },
          target: { apiVersion: 'v1', kind: 'Node', name: node },
        },
      });
    },
    async token({ metadata, spec }, { audience, expirationSeconds }) {
      const { name, namespace, uid } = metadata;
      const account = spec.serviceAccountName ?? 'default';
      const answer = await transport.request(`get a token for ServiceAccount ${namespace}/${account}`, {
        method: 'POST',
        path: resourcePath(serviceAccountType, namespace, account, 'token'),
        body: {
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'TokenRequest',
          spec: {
            ...(audience !== undefined && { audiences: [audience] }),
            expirationSeconds,
            boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
          },
        },
      });
      return (answer as { readonly status: { readonly token: string } }).status.token;
    },
    async remove({ metadata }) {
      const { name, namespace, uid } = metadata;
      await transport.request(`delete Pod ${namespace}/${name}`, {
        method: 'DELETE',
        path: pathOf(metadata),
        body: {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          gracePeriodSeconds: 0,
          preconditions: { uid },
        },
      });
    },
  };
}
