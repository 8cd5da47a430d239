import { plan } from '../../src/compare/plan.ts';
import type { GatewayError } from '../../src/gateway/gateway-error.ts';
import type { ManagementClient, Place } from '../../src/gateway/management-client.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import { itemId, itemUpdatedAt, type Item } from '../../src/model/item.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';
import type { BindingStatus } from '../../src/model/status.ts';
import { Breather } from '../../src/runtime/breather.ts';
import { judge } from '../binding/judge.ts';
import { pick } from '../binding/observe.ts';
import { isThere, standingOf } from '../../src/model/standing.ts';
import { room, type RoomSteps } from '../binding/room.ts';
import { placeOf, targetOf, type Target, type WantedSteps } from '../binding/wanted.ts';
import { policiesOf, type Policies } from '../../src/compare/asked-for.ts';
import type { StoredGateway, Subject } from '../cluster/stored.ts';
import type { Shares } from '../shards/shares.ts';
import { collectionOf, faultOf, isServed, listed, type Listed } from './listing.ts';
import type { LastSeen } from './last-seen.ts';

/** What a comparison found out about one binding, as it was at a moment of the monotonic clock. */
export type Finding = { readonly seenAtMs: number } & Found;

type Found =
  /** It is not there any more. */
  | { readonly is: 'missing'; readonly subject: Subject }
  /** It is not as it should be, or may be tried again. */
  | { readonly is: 'different'; readonly subject: Subject; readonly differences: readonly string[] }
  /** It has no good ending, and what kept it from one may be over. */
  | { readonly is: 'open'; readonly subject: Subject }
  /** It is as it should be; from now on a write of somebody else shows in the gateway's own time. */
  | {
      readonly is: 'dated';
      readonly subject: Subject;
      readonly entry: BindingStatus;
      readonly updatedAt: string;
    };

export interface DriftSteps extends WantedSteps, RoomSteps {
  readonly lastSeen: LastSeen;
  readonly shares: Pick<Shares, 'holds'>;
  readonly signal: AbortSignal;
  /** The fingerprint that the gateway refused last, if it refused it. */
  tried(subject: Subject): string | undefined;
}

export interface Comparison {
  readonly findings: readonly Finding[];
  /** Why some collections could not be compared. */
  readonly faults: readonly GatewayError[];
  /** How many of those that should stand there were looked for. */
  readonly compared: number;
  /** What was listed. */
  readonly lists: readonly Listed[];
}

interface Group {
  readonly place: Place;
  readonly members: Member[];
}

interface Member {
  readonly subject: Subject;
  readonly policies: Policies;
}

/** Compares a gateway in full with what it should hold: one list per collection, and one per parent of nested kinds. */
export async function compareGateway(
  gateway: StoredGateway,
  client: ManagementClient,
  steps: DriftSteps,
): Promise<Comparison> {
  const findings: Finding[] = [];
  const faults: GatewayError[] = [];
  const lists: Listed[] = [];
  const key = gatewayKey(gateway.metadata);
  const breather = new Breather();
  let compared = 0;
  for (const { place, members } of groupsOf(gateway, client, steps, findings)) {
    const startedAt = steps.clock.monotonicMs();
    try {
      const list = await listed(client, place, steps.lastSeen, steps.signal);
      lists.push(list);
      for (const member of members) {
        const { subject } = member;
        await breather.pause();
        // What has changed since the list was asked for is not what the list is about.
        if (steps.book.changedAtMs(subject.resource, key) >= startedAt) continue;
        if (steps.book.entry(subject.resource, key)?.state === 'Programmed') compared += 1;
        const finding = await inspectOrLeave(member, gateway, list, client, steps);
        if (finding !== undefined) findings.push({ ...finding, seenAtMs: startedAt });
      }
    } catch (error) {
      faults.push(faultOf(error));
    }
  }
  return { findings, faults, compared, lists };
}

/** Our resources that the gateway takes, by the collection in which they stand. What is on its way out is open. */
function groupsOf(
  gateway: StoredGateway,
  client: ManagementClient,
  steps: DriftSteps,
  findings: Finding[],
): readonly Group[] {
  const groups = new Map<string, Group>();
  const key = gatewayKey(gateway.metadata);
  for (const subject of steps.cluster.all()) {
    const { resource } = subject;
    if (!steps.shares.holds(resource.metadata.namespace)) continue;
    const going = resource.metadata.deletionTimestamp !== undefined;
    if (going || !steps.cluster.selects(gateway, resource)) {
      if (steps.book.entry(resource, key) !== undefined)
        findings.push({ is: 'open', subject, seenAtMs: steps.clock.monotonicMs() });
      continue;
    }
    const { spec } = judge(steps.cluster, subject, client.generation);
    const namespace = steps.cluster.namespace(resource.metadata.namespace);
    const policies = policiesOf(resource, namespace, gateway);
    if (spec === undefined || policies.mode === 'Paused') continue;
    const place = placeOf(subject, spec, steps);
    if (!isServed(place, client.generation, steps.cluster.table)) continue;
    const path = collectionOf(place);
    const group = groups.get(path) ?? { place, members: [] };
    group.members.push({ subject, policies });
    groups.set(path, group);
  }
  return [...groups.values()];
}

/** What keeps us from reading what one resource names is that one's affair: the attempt will say what it is. */
async function inspectOrLeave(...args: Parameters<typeof inspect>): Promise<Found | undefined> {
  try {
    return await inspect(...args);
  } catch (error) {
    if (!isKubeError(error) || isKubeError(error, 'aborted')) throw error;
    return { is: 'open', subject: args[0].subject };
  }
}

async function inspect(
  { subject, policies }: Member,
  gateway: StoredGateway,
  list: Listed,
  client: ManagementClient,
  steps: DriftSteps,
): Promise<Found | undefined> {
  const { row, resource } = subject;
  const entry = steps.book.entry(resource, gatewayKey(gateway.metadata));
  const { spec } = steps.cluster.check(subject);
  if (spec === undefined) return undefined;
  const { target } = await targetOf(subject, spec, gateway, client.generation, steps);
  if (target === undefined) return { is: 'open', subject };
  // Of the others there is more that has a say, such as what else bears a key.
  const isKept = entry?.state === 'Programmed' && row.identity.is === 'handle' && row.update.by !== 'fields';
  const judged = () => judgeShown({ subject, policies }, gateway, target, entry, list.items(), client, steps);
  if (!isKept) return judged();
  const circumstances = { entry, fingerprint: target.wanted.fingerprint, adoption: policies.adoption };
  if (list.seen.isSound(resource, circumstances)) return undefined;
  const found = judged();
  if (found === undefined) list.seen.noteSound(resource, circumstances);
  return found;
}

/** What is to be said of a resource by the items of a list. */
function judgeShown(
  { subject, policies }: Member,
  gateway: StoredGateway,
  target: Target,
  entry: BindingStatus | undefined,
  items: readonly Item[],
  client: ManagementClient,
  steps: DriftSteps,
): Found | undefined {
  const standing = standingOf(entry);
  const place = { ...target, place: { ...target.place, row: subject.row } };
  const { item, candidates, siblings } = pick(items, place, standing);
  // What can only be made anew stands there all the same, and is compared like anything else.
  const goesOn = entry?.reason === 'RecreateRequired';
  if (entry?.reason === 'QuotaExceeded' && item === undefined) {
    const { used, most } = room(target, siblings, gateway, steps);
    return used < most ? { is: 'open', subject } : undefined;
  }
  if (entry?.state === 'Refused' && !goesOn) {
    const isObstacle =
      entry.reason === 'Ambiguous'
        ? candidates.length > 1
        : isObstructed(subject, target, item, items, steps);
    return isObstacle ? undefined : { is: 'open', subject };
  }
  if (!isThere(standing) || (entry?.state !== 'Programmed' && !goesOn)) return { is: 'open', subject };
  const next = plan({
    row: subject.row,
    wanted: target.wanted,
    standing,
    mayHaveWritten: true,
    item,
    adoption: policies.adoption,
    view: { generation: client.generation, from: 'list' },
    mayOverride: () => false,
  });
  const isOther =
    subject.row.identity.is === 'assigned' && item && itemId(subject.row, item) !== standing?.id;
  if (next.is === 'create') return { is: 'missing', subject };
  // What is remembered is still needed, to tell what is to be removed.
  if (isOther === true && next.is === 'same') return { is: 'different', subject, differences: ['id'] };
  if (next.is === 'fixed') {
    const differences = [...next.fields.map((field) => `spec.${field}`), ...next.differences];
    const isTold = goesOn && next.differences.length === 0;
    return isTold ? undefined : { is: 'different', subject, differences };
  }
  if (next.is !== 'same') return { is: 'different', subject, differences: next.differences };
  if (goesOn) return { is: 'open', subject };
  const updatedAt = item === undefined ? undefined : itemUpdatedAt(item);
  return next.hidden && updatedAt !== undefined && standing?.remoteUpdatedAt === undefined
    ? { is: 'dated', subject, entry, updatedAt }
    : undefined;
}

/** Whether what kept the gateway from taking it is still there: the same handle, the same title, or the document itself. */
function isObstructed(
  subject: Subject,
  { wanted, id }: Target,
  item: Item | undefined,
  items: readonly Item[],
  steps: DriftSteps,
): boolean {
  const { row } = subject;
  const tried = steps.tried(subject);
  if (tried !== undefined && tried !== wanted.fingerprint) return false;
  if (item !== undefined) return true;
  const title = row.title?.(wanted.document.spec ?? wanted.document);
  const rival = items.find((other) => {
    const theirs = row.title?.(other.spec ?? other);
    return title !== undefined && theirs === title && itemId(row, other) !== id;
  });
  // Refused for another reason than a rival: only another document, or time, is worth a try.
  return rival !== undefined || !wasTaken(subject, steps);
}

function wasTaken({ resource }: Subject, { book }: DriftSteps): boolean {
  return book.entries(resource).some(({ reason }) => reason === 'Taken');
}
