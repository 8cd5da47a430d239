import { gatewayKey } from '../../src/selection/gateways.ts';
import type { Cluster } from './cluster.ts';
import type { Stored } from './stored.ts';

/** Where a resource is to stand, and where it still stands though it should not. Keys of gateways. */
export interface Targets {
  readonly wanted: readonly string[];
  readonly former: readonly string[];
}

/** Everything that a resource must be brought to: where it is selected, and wherever `status` says that it is. */
export function targetsOf(cluster: Cluster, resource: Stored, placed: readonly string[]): Targets {
  const going = resource.metadata.deletionTimestamp !== undefined;
  const selecting = cluster
    .gateways()
    .filter((gateway) => cluster.selects(gateway, resource))
    .map(({ metadata }) => gatewayKey(metadata))
    .toSorted();
  const wanted = going ? [] : selecting;
  const leaving = placed.filter((key) => !wanted.includes(key) && cluster.gateway(key) !== undefined);
  // What was sent in the very moment of the deletion is in no status yet.
  return { wanted, former: [...new Set([...leaving, ...(going ? selecting : [])])] };
}
