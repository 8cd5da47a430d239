import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeClient } from '../../../src/kube/client.ts';
import { leaseType } from '../../../src/kube/lease.ts';
import type { BareObject, ResourceType } from '../../../src/kube/resource.ts';
import { now } from './container-state.ts';

export const nodeType: ResourceType = {
  group: '',
  version: 'v1',
  plural: 'nodes',
  kind: 'Node',
  namespaced: false,
};

const fieldManager = 'test-nodes';
/** A node that is silent for 50 s counts as lost. */
const heartbeatMs = 5000;

/** Makes a node known: ready, in a zone of its own. */
export async function registerNode(client: KubeClient, name: string, address: string): Promise<void> {
  const resources = { cpu: '16', memory: '64Gi', pods: '110' };
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'topology.kubernetes.io/zone': `zone-of-${name}`,
      },
    },
  };
  const at = now();
  const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'a test plays it' };
  await client.apply(nodeType, node, { fieldManager, force: true });
  const status = {
    capacity: resources,
    allocatable: resources,
    addresses: [{ type: 'InternalIP', address }],
    conditions: [{ ...ready, lastHeartbeatTime: at, lastTransitionTime: at }],
  };
  const options = { fieldManager, force: true, subresource: 'status' } as const;
  await client.apply(nodeType, { ...node, status } as BareObject, options);
}

/** Says at every heartbeat that the node is alive. */
export async function keepAlive(client: KubeClient, name: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace: 'kube-node-lease' },
      spec: {
        holderIdentity: name,
        leaseDurationSeconds: 40,
        renewTime: new Date().toISOString().replace('Z', '000Z'),
      },
    };
    await client.apply(leaseType, lease, { fieldManager, force: true }).catch(() => undefined);
    await sleep(heartbeatMs, undefined, { signal }).catch(() => undefined);
  }
}
