import type { KubeObject, ResourceType } from '../../../src/kube/resource.ts';
import { isReady, podType, type Pod } from './pod.ts';
import { portNumber } from './probe.ts';

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: number | string;
  readonly protocol?: string;
}

export interface ServiceSpec {
  readonly clusterIP?: string;
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports?: readonly ServicePort[];
  readonly publishNotReadyAddresses?: boolean;
}

export type ServiceObject = KubeObject<ServiceSpec>;

export const serviceType: ResourceType = { ...podType, plural: 'services', kind: 'Service' };

/**
 * The Pods behind a Service, chosen as the endpoint-slice controller and kube-proxy choose them: those that are ready and
 * stay; if there are none, those that are ready and go. Chosen here since the API server takes no loopback addresses in
 * an EndpointSlice.
 */
export function endpointsOf({ metadata, spec }: ServiceObject, pods: Iterable<Pod>): readonly Pod[] {
  const { selector, publishNotReadyAddresses = false } = spec;
  if (selector === undefined) return [];
  const serving = [...pods].filter(
    (pod) =>
      pod.metadata.namespace === metadata.namespace &&
      Object.entries(selector).every(([name, value]) => pod.metadata.labels?.[name] === value) &&
      pod.status?.podIP !== undefined &&
      (isReady(pod) || publishNotReadyAddresses),
  );
  const staying = serving.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  return staying.length > 0 ? staying : serving;
}

export function targetOf(pod: Pod, { port, targetPort = port }: ServicePort): { host: string; port: number } {
  const ports = pod.spec.containers.flatMap((one) => one.ports ?? []);
  return { host: pod.status?.podIP ?? '', port: portNumber(targetPort, ports) };
}
