import { artifactId } from '../../src/model/annotations.ts';
import { olderFirst, titled } from '../../src/model/resource.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { StoredGateway, Subject } from '../cluster/stored.ts';
import type { RefusedReason } from './outcome.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Who else wants the place of a resource at a gateway, and has the better claim: the older of two wins. What is being
 * deleted has no claim. Undefined: nobody.
 */
export function lostTo(
  subject: Subject,
  gateway: StoredGateway,
  cluster: Cluster,
): { readonly reason: RefusedReason; readonly message: string } | undefined {
  const artifact = subject.resource.metadata.annotations?.[artifactId];
  if (artifact !== undefined && !uuid.test(artifact)) {
    return { reason: 'Invalid', message: `metadata.annotations["${artifactId}"] must be a UUID` };
  }
  const older = (others: readonly Subject[]) =>
    others
      .map(({ resource }) => resource)
      .filter((other) => other.metadata.deletionTimestamp === undefined)
      .filter((other) => cluster.selects(gateway, other) && olderFirst(other, subject.resource) < 0)
      .toSorted(olderFirst)[0];
  const rivals = cluster.rivals(subject);
  const sameArtifact = older(rivals.artifact);
  if (sameArtifact !== undefined) {
    return {
      reason: 'ArtifactIdConflict',
      message: `${artifactId} belongs to ${titled(sameArtifact)}, whose API would be replaced`,
    };
  }
  const winner = older(rivals.handle);
  if (winner === undefined) return undefined;
  const shared =
    winner.metadata.name === subject.resource.metadata.name ? 'handle' : 'display name and version';
  return { reason: 'HandleConflict', message: `${titled(winner)} is older and has the same ${shared}` };
}
