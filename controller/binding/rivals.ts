import { artifactId } from '../../src/model/annotations.ts';
import { olderFirst, titled } from '../../src/model/resource.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';
import type { Stored, StoredGateway, Subject } from '../cluster/stored.ts';
import type { RefusedReason } from './outcome.ts';
import { mayBeThere } from '../../src/model/standing.ts';
import type { ReferenceSteps } from './references.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Who else wants the place of a resource at a gateway, and has the better claim: whoever has it already, or else the
 * older of two. Which is older is not known before both are seen, and neither would get the place that the other holds.
 * What is being deleted has no claim to a handle, and one to a title until it is gone. Undefined: nobody.
 */
export function lostTo(
  subject: Subject,
  gateway: StoredGateway,
  steps: Pick<ReferenceSteps, 'cluster' | 'book'>,
): { readonly reason: RefusedReason; readonly message: string } | undefined {
  const { metadata } = subject.resource;
  const artifact = metadata.annotations?.[artifactId];
  if (artifact !== undefined && !uuid.test(artifact)) {
    return { reason: 'Invalid', message: `metadata.annotations["${artifactId}"] must be a UUID` };
  }
  const rivals = steps.cluster.rivals(subject);
  const untilGone = () => true;
  const owner = winnerAmong(rivals.artifact, subject, gateway, steps, untilGone);
  if (owner !== undefined) {
    const message = `${artifactId} belongs to ${titled(owner)}, whose API would be replaced`;
    return { reason: 'ArtifactIdConflict', message };
  }
  // Under our own handle we see whose it is. Under another one the gateway would refuse the title.
  const isElsewhere = (rival: Stored) => rival.metadata.name !== metadata.name;
  const winner = winnerAmong(rivals.handle, subject, gateway, steps, isElsewhere);
  if (winner === undefined) return undefined;
  const shared = winner.metadata.name === metadata.name ? 'handle' : 'display name and version';
  const claim = olderFirst(winner, subject.resource) < 0 ? 'is older' : 'is there already';
  return { reason: 'HandleConflict', message: `${titled(winner)} ${claim} and has the same ${shared}` };
}

/**
 * The rival that has the place, or else an older one. Under the same artifact id a write replaces what stands there
 * under another handle, so that a rival counts until the gateway has let it go, deleted or not selected any more.
 */
function winnerAmong(
  rivals: readonly Subject[],
  { resource }: Subject,
  gateway: StoredGateway,
  { cluster, book }: Pick<ReferenceSteps, 'cluster' | 'book'>,
  countsUntilGone: (rival: Stored) => boolean,
): Stored | undefined {
  const key = gatewayKey(gateway.metadata);
  const holds = (one: Stored) => mayBeThere(book.entry(one, key));
  const stays = (one: Stored) =>
    one.metadata.deletionTimestamp === undefined && cluster.selects(gateway, one);
  const isOlder = (one: Stored) => olderFirst(one, resource) < 0;
  const claimants = rivals
    .map((rival) => rival.resource)
    .filter((one) => stays(one) || (countsUntilGone(one) && holds(one)))
    .toSorted(olderFirst);
  const holders = claimants.filter(holds);
  return holds(resource) ? holders.find(isOlder) : (holders[0] ?? claimants.find(isOlder));
}
