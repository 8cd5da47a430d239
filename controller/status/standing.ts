import type { BindingStatus } from '../../src/model/status.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';
import { mayBeThere } from '../../src/model/standing.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Stored } from '../cluster/stored.ts';
import type { Events } from '../events.ts';
import type { Book } from './book.ts';

interface Dependencies {
  readonly book: Book;
  readonly cluster: Cluster;
  readonly events: Events;
}

/**
 * The entries of gateways that there are, or may be. One whose APIGateway is gone, or is not our concern any more, is
 * neither waited for nor shown.
 */
export function standingEntries(
  resource: Stored,
  { book, cluster, events }: Dependencies,
): readonly BindingStatus[] {
  return book.entries(resource).filter((entry) => {
    const gateway = gatewayKey(entry);
    if (cluster.gateway(gateway) !== undefined || cluster.isOutOfSight(gateway)) return true;
    book.put(resource, gateway, undefined);
    if (mayBeThere(entry)) {
      const why = cluster.scope.watches(entry.namespace)
        ? 'is gone'
        : 'is in a namespace that is not watched';
      const message = `APIGateway ${gateway} ${why}; what stands at the gateway is left there`;
      events.record(resource, { type: 'Warning', reason: 'Orphaned', message });
    }
    return false;
  });
}
