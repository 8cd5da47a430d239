import type { ManagementClient, Place } from '../../src/gateway/management-client.ts';
import { itemId, itemOwner, type Item } from '../../src/model/item.ts';
import { markOf } from '../../src/model/mark.ts';
import { isFromPlatform } from '../../src/model/platform-operator.ts';
import { titled } from '../../src/model/resource.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';
import type { Subject } from '../cluster/stored.ts';
import { isServed } from '../gateway/listing.ts';
import type { Outcome } from './outcome.ts';
import { mayBeThere } from '../../src/model/standing.ts';
import type { Binding, ProvideSteps } from './provide.ts';
import { isSecretHolder } from './references.ts';
import { findRenderer } from './renderer.ts';
import { placeOf } from './wanted.ts';

const paused = 'it would be removed, but for the annotation reconcile, which says Paused';
const observed = 'it would be removed, but for the annotation reconcile, which says Observe';

/** Removes from a gateway what a resource left there, unless somebody still needs it. */
export async function withdraw(binding: Binding, steps: ProvideSteps): Promise<Outcome> {
  const { subject, gateway, standing, policies } = binding;
  const { client, problem, since } = steps.reach;
  const leaving = subject.resource.metadata.deletionTimestamp === undefined;
  const mayStand = mayBeThere(standing) || inherits(subject, gatewayKey(gateway.metadata), steps);

  if (!leaving && policies.deletion === 'Orphan') {
    const orphaned = mayBeThere(standing);
    if (orphaned) await steps.leave(subject.resource);
    return { is: 'gone', orphaned };
  }
  if (policies.mode !== 'Active') {
    if (!mayStand) return { is: 'gone', orphaned: false };
    return policies.mode === 'Paused'
      ? { is: 'waiting', reason: 'Paused', message: paused, wokenBy: 'event', standing }
      : { is: 'waiting', reason: 'Observing', message: observed, wokenBy: 'time', standing };
  }
  if (leaving && mayBeThere(standing) && steps.removals.verdict(gateway) === 'held') {
    const message =
      'it would lose too many resources at once; the status of the APIGateway says how they are released';
    return { is: 'waiting', reason: 'RemovalHeld', message, wokenBy: 'time', standing };
  }
  const user = firstUser(subject, gatewayKey(gateway.metadata), steps);
  if (user !== undefined) {
    const message = `${titled(user.resource)} still refers to it`;
    return { is: 'waiting', reason: 'InUse', message, wokenBy: 'event', standing };
  }
  if (client === undefined) {
    if (!mayStand) return { is: 'gone', orphaned: false };
    const at = since?.toISOString().replace(/\.\d+/, '');
    const message = at === undefined ? problem : `it can not be reached since ${at}: ${problem}`;
    return { is: 'failing', reason: 'Unreachable', message, retryAfterMs: undefined, standing };
  }
  const found = await findOurs(binding, mayStand, client, steps);
  if (found === undefined) return { is: 'gone', orphaned: false };
  if (isSecretHolder(subject)) {
    const renderer = await findRenderer(subject.resource.metadata.name, client, {
      table: steps.cluster.table,
      signal: steps.signal,
    });
    if (renderer !== undefined) {
      const message = `${renderer}, which stands at the gateway, still names it; without it the gateway could not start again`;
      return { is: 'waiting', reason: 'InUse', message, wokenBy: 'time', standing };
    }
  }
  for (const id of found.ids) await client.remove(found.place, id, steps.signal);
  return { is: 'gone', orphaned: false };
}

/** A live or vanishing resource that refers to this one and still stands at the gateway. */
function firstUser(subject: Subject, gateway: string, { cluster, book }: ProvideSteps): Subject | undefined {
  return cluster.dependants(subject).find(({ resource }) => mayBeThere(book.entry(resource, gateway)));
}

/**
 * Whether what bears no mark and stands under its name is there for it all the same: the platform's operator had it, and
 * nobody else has the place by now.
 */
function inherits(subject: Subject, gateway: string, { cluster, book }: ProvideSteps): boolean {
  if (!isFromPlatform(subject.resource)) return false;
  const { handle } = cluster.rivals(subject);
  return !handle.some(({ resource }) => mayBeThere(book.entry(resource, gateway)));
}

interface Ours {
  readonly place: Place;
  readonly ids: readonly string[];
}

/** What of ours stands there: by its mark or, where there is none, by what we remember of our own writes. */
async function findOurs(
  { subject, standing }: Binding,
  mayStand: boolean,
  client: ManagementClient,
  steps: ProvideSteps,
): Promise<Ours | undefined> {
  const { row, resource } = subject;
  const { namespace, name } = resource.metadata;
  const mark = markOf({ cluster: steps.installation.cluster, kind: row.kind, namespace, name });
  // Where an item bears no more than a digest of the mark, the only one that counts is our own.
  const sought = { cluster: steps.installation.cluster, namespaces: [namespace] };
  const ownerOf = (item: Item) => row.ownerAmong?.(item, sought) ?? itemOwner(row, item);
  const isOurs = (item: Item) => {
    const owner = ownerOf(item);
    return owner === undefined ? mayStand : markOf(owner) === mark;
  };
  const { spec } = steps.cluster.check(subject);
  const parent = standing?.parent ?? (spec && placeOf(subject, spec, steps).parent);
  if (row.identity.is === 'nested' && parent === undefined) return undefined;
  const place: Place = { row, parent };
  if (!isServed(place, client.generation, steps.cluster.table)) return undefined;
  if (row.identity.is !== 'assigned') {
    const item = await client.get(place, name, steps.signal);
    return item !== undefined && isOurs(item) ? { place, ids: [name] } : undefined;
  }
  const bearsMark = (item: Item) => {
    const owner = ownerOf(item);
    return owner !== undefined && markOf(owner) === mark;
  };
  // The platform's operator keeps the id in the status as we do.
  const known = standing?.id ?? (mayStand ? resource.status?.id : undefined);
  const ids = (await client.list(place, steps.signal))
    .filter((item) => itemId(row, item) === known || bearsMark(item))
    .flatMap((item) => itemId(row, item) ?? []);
  return ids.length === 0 ? undefined : { place, ids };
}
