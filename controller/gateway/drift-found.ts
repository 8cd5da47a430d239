import { bearsNoMark } from '../../src/compare/plan.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';
import type { Events } from '../events.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { unconfirmed } from '../../src/model/standing.ts';
import { policiesOf } from '../../src/compare/asked-for.ts';
import { resourceKey, type Stored, type StoredGateway } from '../cluster/stored.ts';
import type { ControllerMetrics, Drift } from '../metrics.ts';
import type { Shares } from '../shards/shares.ts';
import type { Book } from '../status/book.ts';
import type { Comparison, Finding } from './drift.ts';
import { isWiped, namedFields, type Suspicion } from './suspicion.ts';

/** What is done about what a comparison has found. */
interface Hands {
  readonly cluster: Cluster;
  readonly shares: Pick<Shares, 'holds'>;
  readonly book: Book;
  readonly events: Events;
  readonly metrics: Pick<ControllerMetrics, 'driftFound'>;
  settle(resource: Stored): void;
  enqueue(key: string, how: { readonly suspicion?: Suspicion; readonly background: boolean }): void;
}

/** Deals with what a comparison has found, but for what an attempt that was made since knows better. */
export function dealWith(
  { findings, compared }: Pick<Comparison, 'findings' | 'compared'>,
  gateway: StoredGateway,
  hands: Hands,
): void {
  const key = gatewayKey(gateway.metadata);
  const fresh = findings.filter(
    ({ subject: { resource }, seenAtMs }) =>
      hands.shares.holds(resource.metadata.namespace) && hands.book.changedAtMs(resource, key) < seenAtMs,
  );
  const wiped = isWiped(findings.filter(({ is }) => is === 'missing').length, compared);
  for (const finding of fresh.filter(({ is }) => is === 'missing')) noteVanished(finding, key, hands);
  for (const finding of fresh) actOn(finding, gateway, wiped, hands);
}

/** What has vanished is noted first of all, so that nothing that refers to it is tried before it stands again. */
function noteVanished({ subject: { row, resource } }: Finding, gateway: string, { book }: Hands): void {
  const entry = book.entry(resource, gateway);
  if (entry === undefined) return;
  const { namespace, name } = entry;
  const message = 'it has vanished from the gateway';
  // What is created again and bears no mark is only known to be ours by this.
  const known = bearsNoMark(row) ? { fingerprint: unconfirmed } : {};
  book.put(resource, gateway, { namespace, name, ...known, state: 'Failing', reason: 'Vanished', message });
}

/**
 * Has drift put right, which is told of when it is done; where it may not be done, it is told at once. What is as it
 * should be is dated.
 */
function actOn(finding: Finding, of: StoredGateway, wiped: boolean, hands: Hands): void {
  const { book, cluster, events, metrics } = hands;
  const gateway = gatewayKey(of.metadata);
  const { resource } = finding.subject;
  switch (finding.is) {
    case 'missing':
    case 'different': {
      const drift: Drift = finding.is === 'different' ? 'edited' : wiped ? 'wiped' : 'deleted';
      metrics.driftFound.inc({ drift });
      if (policiesOf(resource, cluster.namespace(resource.metadata.namespace), of).mode === 'Observe') {
        const fields = finding.is === 'different' ? finding.differences : [];
        const message = `gateway ${gateway}: ${found(drift, fields)}; the annotation reconcile says Observe`;
        events.record(resource, { type: 'Normal', reason: 'DriftFound', message });
      }
      const suspicion = { drift, generation: resource.metadata.generation };
      hands.enqueue(resourceKey(resource), { suspicion, background: true });
      return;
    }
    case 'open':
      hands.enqueue(resourceKey(resource), { background: true });
      return;
    case 'dated':
      book.put(resource, gateway, { ...finding.entry, remoteUpdatedAt: finding.updatedAt });
      hands.settle(resource);
  }
}

function found(drift: Drift, fields: readonly string[]): string {
  switch (drift) {
    case 'wiped':
      return 'everything was wiped, and it with the rest';
    case 'deleted':
      return 'it was deleted there';
    case 'edited':
      return `it was edited there in ${namedFields(fields)}`;
  }
}
