import type { Reference } from '../../src/model/kind.ts';
import { titled } from '../../src/model/resource.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { StoredGateway, Subject } from '../cluster/stored.ts';
import type { Book } from '../status/book.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';
import type { WaitingReason } from './outcome.ts';
import { isThere } from '../../src/model/standing.ts';

export interface ReferenceSteps {
  readonly cluster: Cluster;
  readonly book: Book;
  /** Whether the gateway ships with an instance of one of the kinds. */
  hasBuiltIn(kinds: readonly string[], name: string): Promise<boolean>;
}

/** What a resource still waits for at a gateway: the first of what it refers to that does not stand there. */
export async function missingReference(
  subject: Subject,
  gateway: StoredGateway,
  steps: ReferenceSteps,
): Promise<{ readonly reason: WaitingReason; readonly message: string } | undefined> {
  const { cluster, book } = steps;
  const { namespace } = subject.resource.metadata;
  const key = gatewayKey(gateway.metadata);
  for (const reference of cluster.references(subject)) {
    const referent = cluster.referent(namespace, reference);
    if (
      reference.optional === true &&
      (referent === undefined || !cluster.selects(gateway, referent.resource))
    )
      continue;
    if (referent === undefined) {
      if (reference.builtIn === true && (await steps.hasBuiltIn(reference.kinds, reference.name))) continue;
      return {
        reason: 'ReferenceNotFound',
        message: `${named(reference)}, which does not exist in namespace ${namespace}`,
      };
    }
    const { resource } = referent;
    const title = titled(resource);
    if (resource.metadata.deletionTimestamp !== undefined) {
      return {
        reason: 'ReferenceNotReady',
        message: `${reference.path} refers to ${title}, which is being deleted`,
      };
    }
    if (!isThere(book.entry(resource, key))) {
      const why = cluster.selects(gateway, resource)
        ? 'is not programmed there yet'
        : 'is not selected by this gateway';
      return { reason: 'ReferenceNotReady', message: `${reference.path} refers to ${title}, which ${why}` };
    }
  }
  return undefined;
}

/** Why something that a resource refers to, and that is there, can't be chosen anew; what stands already may keep it. */
export function unfitReference(
  subject: Subject,
  { cluster }: ReferenceSteps,
): { readonly reason: WaitingReason; readonly message: string } | undefined {
  for (const reference of cluster.references(subject)) {
    const referent = cluster.referent(subject.resource.metadata.namespace, reference);
    const fault = referent && reference.fault?.(referent.resource.spec);
    if (referent === undefined || fault === undefined) continue;
    const message = `${reference.path} refers to ${titled(referent.resource)}, which ${fault}`;
    return { reason: 'ReferenceNotReady', message };
  }
  return undefined;
}

/**
 * The fingerprints of the secrets that the gateway copies into a resource at each write: when one of them changes,
 * only a write of the resource itself brings the new value.
 */
export function renderedSecrets(
  subject: Subject,
  gateway: string,
  { cluster, book }: ReferenceSteps,
): readonly string[] {
  const { namespace } = subject.resource.metadata;
  return cluster.references(subject).flatMap((reference) => {
    const referent = cluster.referent(namespace, reference);
    if (referent === undefined || !isSecretHolder(referent)) return [];
    return book.entry(referent.resource, gateway)?.fingerprint ?? [];
  });
}

/** The one sort of enveloped document that gateways do not render is what they render into the others. */
export function isSecretHolder({ row }: Pick<Subject, 'row'>): boolean {
  return row.wire.is === 'envelope' && !row.wire.templated;
}

function named({ path, kinds, name }: Reference): string {
  return `${path} refers to ${kinds.join(' or ')} ${name}`;
}
