import type { Events } from '../events.ts';
import { resourceKey, type Stored } from '../cluster/stored.ts';
import type { ControllerMetrics } from '../metrics.ts';
import type { Book } from '../status/book.ts';
import type { Finding } from './drift.ts';

/** What is done about what a comparison has found. */
interface Hands {
  /** `namespace/name` of the APIGateway. */
  readonly gateway: string;
  readonly book: Book;
  readonly events: Events;
  readonly metrics: Pick<ControllerMetrics, 'drift'>;
  settle(resource: Stored): void;
  enqueue(key: string, how: { readonly suspect?: boolean; readonly background: boolean }): void;
}

/** What has vanished is noted first of all, so that nothing that refers to it is tried before it stands again. */
export function noteVanished({ subject: { resource } }: Finding, { book, gateway }: Hands): void {
  const entry = book.entry(resource, gateway);
  if (entry === undefined) return;
  const { namespace, name } = entry;
  const message = 'it has vanished from the gateway';
  book.put(resource, gateway, { namespace, name, state: 'Failing', reason: 'Vanished', message });
}

/** Tells of drift and has it put right; what is as it should be is dated. */
export function actOn(finding: Finding, hands: Hands): void {
  const { book, events, metrics, gateway } = hands;
  const { resource } = finding.subject;
  switch (finding.is) {
    case 'missing':
    case 'different': {
      metrics.drift.inc({ found: finding.is });
      const what =
        finding.is === 'missing'
          ? 'it has vanished'
          : `it differs in ${finding.differences.slice(0, 5).join(', ')}`;
      const message = `gateway ${gateway}: ${what}`;
      events.record(resource, { type: 'Normal', reason: 'DriftFound', message });
      hands.enqueue(resourceKey(resource), { suspect: true, background: true });
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
