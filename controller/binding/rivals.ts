import { artifactId } from '../../src/model/annotations.ts';
import { olderFirst, titled } from '../../src/model/resource.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';
import type { Stored, StoredGateway, Subject } from '../cluster/stored.ts';
import { isThere, type RefusedReason } from './outcome.ts';
import type { ReferenceSteps } from './references.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Who else wants the place of a resource at a gateway, and has the better claim: the older of two wins, but for a handle that
 * one of them has already: which is older is not known before both are seen, and neither would get the place that the
 * other holds. What is being deleted has no claim. Undefined: nobody.
 */
export function lostTo(
  subject: Subject,
  gateway: StoredGateway,
  { cluster, book }: Pick<ReferenceSteps, 'cluster' | 'book'>,
): { readonly reason: RefusedReason; readonly message: string } | undefined {
  const artifact = subject.resource.metadata.annotations?.[artifactId];
  if (artifact !== undefined && !uuid.test(artifact)) {
    return { reason: 'Invalid', message: `metadata.annotations["${artifactId}"] must be a UUID` };
  }
  const key = gatewayKey(gateway.metadata);
  const holds = (resource: Stored) => isThere(book.entry(resource, key));
  const isOlder = (other: Stored) => olderFirst(other, subject.resource) < 0;
  const claimants = (others: readonly Subject[]) =>
    others
      .map(({ resource }) => resource)
      .filter((other) => other.metadata.deletionTimestamp === undefined)
      .filter((other) => cluster.selects(gateway, other))
      .toSorted(olderFirst);
  const rivals = cluster.rivals(subject);
  const sameArtifact = claimants(rivals.artifact).find(isOlder);
  if (sameArtifact !== undefined) {
    return {
      reason: 'ArtifactIdConflict',
      message: `${artifactId} belongs to ${titled(sameArtifact)}, whose API would be replaced`,
    };
  }
  const sameHandle = claimants(rivals.handle);
  const holder = sameHandle.find(holds);
  const winner = holds(subject.resource)
    ? sameHandle.filter(holds).find(isOlder)
    : (holder ?? sameHandle.find(isOlder));
  if (winner === undefined) return undefined;
  const shared =
    winner.metadata.name === subject.resource.metadata.name ? 'handle' : 'display name and version';
  const claim = isOlder(winner) ? 'is older' : 'is there already';
  return { reason: 'HandleConflict', message: `${titled(winner)} ${claim} and has the same ${shared}` };
}
