import type { Logger } from '../../src/runtime/logger.ts';
import type { StoredGateway } from '../cluster/stored.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';
import type { Events } from '../events.ts';
import type { ControllerMetrics } from '../metrics.ts';
import type { Entry } from './entry.ts';

interface Tellers {
  readonly events: Events;
  readonly logger: Logger;
  readonly metrics: ControllerMetrics;
}

/** An orphan has no resource that could tell of its end: the APIGateway does. */
export function tellRemoved(
  { owner, id, place }: Entry,
  gateway: StoredGateway,
  { events, logger, metrics }: Tellers,
): void {
  const { kind = '', namespace = '', name = '' } = owner ?? {};
  metrics.writes.inc({ deed: 'removed' });
  const message = `${place.row.kind} ${id} was removed: it belonged to ${kind} ${namespace}/${name}, which exists no more`;
  events.record(gateway, { type: 'Normal', reason: 'OrphanDeleted', message });
  const fields = { kind, namespace, name, gateway: gatewayKey(gateway.metadata) };
  logger.info(fields, 'An orphan was deleted at a gateway');
}

export function tellKept(
  { id, place }: Entry,
  detail: string,
  gateway: StoredGateway,
  { logger }: Pick<Tellers, 'logger'>,
): void {
  const fields = { kind: place.row.kind, name: id, gateway: gatewayKey(gateway.metadata), detail };
  logger.info(fields, 'An orphan was not deleted at a gateway');
}
