import type { BindingStatus } from '../../src/model/status.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';
import type { StoredResource } from '../cluster/inventory.ts';

/** One resource on one gateway, well or not. */
export interface BindingLine {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly gateway: string;
  readonly state: string;
  readonly live?: string | undefined;
  readonly lastSyncTime?: string | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

export function bindingsOf(resources: readonly StoredResource[]): readonly BindingLine[] {
  return resources.flatMap(({ resource }) => {
    const { kind, metadata, status } = resource;
    const { namespace, name } = metadata;
    return (status?.gateways ?? []).map((entry) => ({
      kind,
      namespace,
      name,
      gateway: gatewayKey(entry),
      state: entry.state,
      live: entry.live?.state,
      lastSyncTime: entry.lastSyncTime,
      reason: entry.reason,
      message: entry.message,
    }));
  });
}

/** How many of the resources on a gateway serve traffic, of those of which that can be told. */
export function liveAt(
  gateway: string,
  resources: readonly StoredResource[],
): { readonly is: number; readonly of: number } {
  const told = resources.flatMap(({ resource }) => (resource.status?.gateways ?? []).filter(isTold(gateway)));
  return { is: told.filter(({ live }) => live?.state === 'Live').length, of: told.length };
}

function isTold(gateway: string): (entry: BindingStatus) => boolean {
  return (entry) =>
    gatewayKey(entry) === gateway && (entry.live?.state === 'Live' || entry.live?.state === 'Pending');
}
