import { setCondition } from '../../src/kube/resource.ts';
import type { BindingStatus, Condition } from '../../src/model/status.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';
import type { ReconcileMode } from '../../src/compare/asked-for.ts';
import type { Reviewed } from '../review/reviewed.ts';
import { liveCondition } from './live.ts';

/** What the conditions of a resource derive from. */
export interface Situation {
  readonly generation: number;
  /** Keys of the gateways that select it. */
  readonly wanted: readonly string[];
  readonly entries: readonly BindingStatus[];
  /** Keys of those of them that can be asked whether it is live; none for kinds of which nobody can tell. */
  readonly tellLive?: readonly string[];
  readonly mode: ReconcileMode;
  readonly deleting: boolean;
  /** What review policies have to say of it; undefined where none is about it. */
  readonly reviewed?: Reviewed | undefined;
}

type News = Omit<Condition, 'lastTransitionTime' | 'observedGeneration'>;

/** Reasons that say: as it stands, it can't be accepted. */
const unaccepted = new Set(['Invalid', 'HandleConflict', 'ArtifactIdConflict', 'UnsupportedByGateway']);

/** Reasons that say: something that it refers to is not there. */
const unresolved = new Set(['ReferenceNotFound', 'ReferenceNotReady', 'ValueNotFound']);

/** The conditions of a resource; `Ready` is the sum of the others but `Live` and `Reviewed`. A moment moves only when a status does. */
export function conditionsOf(
  before: readonly Condition[] | undefined,
  situation: Situation,
  now: Date,
): readonly Condition[] {
  const accepted = accepting(situation);
  const resolved = resolving(situation);
  const programmed = programming(situation);
  const live = situation.deleting ? [] : liveCondition(situation.tellLive ?? [], situation);
  const news: News[] = [accepted, resolved, programmed, ...live, summary([accepted, resolved, programmed])];
  if (situation.mode !== 'Active') news.push(inactive(situation.mode));
  if (situation.reviewed !== undefined) news.push(situation.reviewed);
  return news.reduce<readonly Condition[]>((conditions, item) => {
    const known = before?.find(({ type }) => type === item.type);
    const next = { ...item, observedGeneration: situation.generation };
    return [...conditions, ...setCondition(known === undefined ? [] : [known], next, now)];
  }, []);
}

function accepting({ entries }: Situation): News {
  const refused = entries.filter(({ reason }) => unaccepted.has(reason ?? ''));
  return refused.length === 0
    ? {
        type: 'Accepted',
        status: 'True',
        reason: 'Accepted',
        message: 'the resource is valid and has the place that it asks for',
      }
    : { type: 'Accepted', status: 'False', reason: refused[0]?.reason ?? 'Invalid', message: told(refused) };
}

function resolving({ entries }: Situation): News {
  const missing = entries.filter(({ reason }) => unresolved.has(reason ?? ''));
  return missing.length === 0
    ? {
        type: 'ResolvedRefs',
        status: 'True',
        reason: 'ResolvedRefs',
        message: 'everything that it refers to is there',
      }
    : {
        type: 'ResolvedRefs',
        status: 'False',
        reason: missing[0]?.reason ?? 'ReferenceNotFound',
        message: told(missing),
      };
}

function programming({ wanted, entries, deleting, generation }: Situation): News {
  const type = 'Programmed';
  const removing = entries.filter(({ state }) => state === 'Removing');
  if (deleting) {
    const message = removing.length === 0 ? 'it is being removed' : told(removing);
    return { type, status: 'False', reason: 'Removing', message };
  }
  const left = removing.length === 0 ? '' : `; ${told(removing)}`;
  if (wanted.length === 0) {
    const message = `no APIGateway selects the resource${left}`;
    return { type, status: 'False', reason: 'NoGateway', message };
  }
  const known = new Map(entries.map((entry) => [gatewayKey(entry), entry]));
  const pending = wanted.filter(
    (key) => known.get(key)?.state !== 'Programmed' || isBehind(known.get(key), generation),
  );
  if (pending.length === 0) {
    const message = `it stands as wanted on ${wanted.join(', ')}${left}`;
    return { type, status: 'True', reason: 'Programmed', message };
  }
  const message = pending.map((key) => `gateway ${key}: ${lastWord(known.get(key))}`).join('; ');
  const reason = pending.map((key) => known.get(key)?.reason).find((word) => word !== undefined) ?? 'Pending';
  return { type, status: 'False', reason, message: message };
}

/** What was said last of a binding that is not as wanted. */
function lastWord(entry: BindingStatus | undefined): string {
  if (entry === undefined) return 'not reached yet';
  return entry.message ?? 'the last change is not there yet';
}

/** Whether what stands at a gateway is an earlier state of the resource. */
function isBehind(entry: BindingStatus | undefined, generation: number): boolean {
  return entry?.state === 'Programmed' && entry.observedGeneration !== generation;
}

/**
 * Whether there is nothing to say but that gateways have not come to it, or to the last change of it, yet: its ending,
 * good or bad, is on its way.
 */
export function isUnderWay({ mode, deleting, wanted, entries, generation }: Situation): boolean {
  if (mode !== 'Active' || deleting || wanted.length === 0) return false;
  const isNew = entries.length === 0;
  return isNew || entries.some((entry) => wanted.includes(gatewayKey(entry)) && isBehind(entry, generation));
}

function summary(parts: readonly News[]): News {
  const failed = parts.find(({ status }) => status !== 'True');
  return failed === undefined
    ? { type: 'Ready', status: 'True', reason: 'Ready', message: parts.at(-1)?.message ?? '' }
    : { ...failed, type: 'Ready', status: 'False' };
}

function inactive(mode: ReconcileMode): News {
  const message =
    mode === 'Paused'
      ? 'the annotation reconcile says Paused: no gateway is called'
      : 'the annotation reconcile says Observe: gateways are compared and not written to';
  return { type: 'Active', status: 'False', reason: mode, message };
}

/** The gateways of some bindings, each with what was said last of its binding. */
export function told(entries: readonly BindingStatus[]): string {
  return entries.map((entry) => `gateway ${gatewayKey(entry)}: ${entry.message ?? entry.state}`).join('; ');
}
