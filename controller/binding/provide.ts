import { plan, type Plan } from '../../src/compare/plan.ts';
import { GatewayError } from '../../src/gateway/gateway-error.ts';
import type { ManagementClient } from '../../src/gateway/management-client.ts';
import { itemId, itemUpdatedAt, type Item } from '../../src/model/item.ts';
import type { Owner } from '../../src/model/mark.ts';
import type { Policies } from '../cluster/policies.ts';
import type { Stored, StoredGateway, Subject } from '../cluster/stored.ts';
import type { Removals } from '../removals/removals.ts';
import { carryOut, type Hands } from './carry-out.ts';
import { endingOf } from './failure.ts';
import { judge } from './judge.ts';
import { observe } from './observe.ts';
import { isThere, unconfirmed, type Outcome, type Standing } from './outcome.ts';
import { missingReference } from './references.ts';
import { lostTo } from './rivals.ts';
import { targetOf, type Target, type WantedSteps } from './wanted.ts';

/** The gateway of a binding: how it is spoken to, or why it can't be. */
export type Reach =
  | { readonly client: ManagementClient; readonly problem?: never; readonly since?: never }
  | {
      readonly client?: never;
      readonly problem: string;
      /** Since when there is no way; undefined where it has not been tried yet. */
      readonly since: Date | undefined;
    };

export interface Binding {
  readonly subject: Subject;
  readonly gateway: StoredGateway;
  readonly standing: Standing | undefined;
  readonly policies: Policies;
  /** Whether what we believe to stand there is to be looked at before it is believed. */
  readonly suspect: boolean;
  /** Whether the last ending was a good one. */
  readonly wasProgrammed: boolean;
}

export interface ProvideSteps extends WantedSteps {
  readonly reach: Reach;
  readonly removals: Pick<Removals, 'verdict'>;
  readonly signal: AbortSignal;
  /** Adds our finalizer where it is missing. */
  protect(resource: Stored): Promise<void>;
  /** Notes that what stands at gateways for a resource is left there on purpose when it goes. */
  leave(resource: Stored): Promise<void>;
  /** Whether the resource that a mark names exists no more. */
  isAbandoned(owner: Owner): boolean;
}

/** Makes a gateway hold what a resource says, with the least change, or says what keeps it from that. */
export async function provide(binding: Binding, steps: ProvideSteps): Promise<Outcome> {
  const { subject, gateway, standing, policies } = binding;
  const { client, problem } = steps.reach;

  const { spec, fault } = judge(steps.cluster, subject, client?.generation);
  if (fault !== undefined) return { is: 'refused', ...fault, standing };
  const lost = lostTo(subject, gateway, steps);
  if (lost !== undefined) return { is: 'refused', ...lost, standing };
  if (client === undefined) return unreachable(problem, standing);
  const missing = await missingReference(subject, gateway, steps);
  if (missing !== undefined) return { is: 'waiting', ...missing, wokenBy: 'event', standing };
  const { target, obstacle } = await targetOf(subject, spec, gateway, client.generation, steps);
  if (obstacle !== undefined) return { ...obstacle, standing };
  if (isTrusted(binding, target)) return programmed(binding, standing ?? {}, 'none', []);

  const item = await observe(client, target, standing, steps.signal);
  const next = planFor(binding, target, item, client, steps);
  if (next.is === 'taken') return taken(next, standing);
  if (policies.mode === 'Observe') {
    return next.is === 'same'
      ? programmed(binding, asFound(binding, target, item), 'none', [])
      : observed(next, standing);
  }
  // Before anything is written, so that nothing we create can outlive its resource.
  await steps.protect(subject.resource);
  const hands: Hands = { client, clock: steps.clock, signal: steps.signal };
  if (next.is === 'same') {
    await removeFormer(target, item, standing, hands);
    return programmed(binding, asFound(binding, target, item), next.adopts ? 'adopted' : 'none', []);
  }
  const written = await writeOrDoubt(next, target, item, binding, hands);
  if ('is' in written) return written;
  await removeFormer(target, item, standing, hands);
  const differences = next.is === 'change' ? next.differences : [];
  return programmed(binding, written, next.is === 'create' ? 'created' : 'replaced', differences);
}

/** Nothing has changed since it was written, and the periodic comparison has found no fault with it. */
function isTrusted({ suspect, wasProgrammed, standing, subject }: Binding, { wanted }: Target): boolean {
  return (
    !suspect &&
    wasProgrammed &&
    standing?.fingerprint === wanted.fingerprint &&
    standing.observedGeneration === subject.resource.metadata.generation
  );
}

function planFor(
  { subject, standing, policies }: Binding,
  { wanted }: Target,
  item: Item | undefined,
  client: ManagementClient,
  steps: ProvideSteps,
): Plan {
  return plan({
    row: subject.row,
    wanted,
    item,
    standing: isThere(standing) ? standing : standing && { ...standing, fingerprint: undefined },
    adoption: policies.adoption,
    view: { generation: client.generation, from: 'get' },
    mayOverride: (owner) => steps.isAbandoned(owner),
  });
}

/** A write whose answer is lost may have been done all the same: it is remembered as unconfirmed. */
async function writeOrDoubt(
  next: Extract<Plan, { is: 'create' | 'change' }>,
  target: Target,
  item: Item | undefined,
  { subject, standing }: Binding,
  hands: Hands,
): Promise<Standing | Outcome> {
  try {
    return await carryOut(next, target, item, subject.resource.metadata.generation, hands);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const ending = endingOf(error, standing);
    if (ending.is === 'refused') return { ...ending, tried: target.wanted.fingerprint };
    if (ending.is !== 'failing' || error.means !== 'unavailable') return ending;
    const parent = target.place.parent === undefined ? {} : { parent: target.place.parent };
    const doubtful = { ...standing, ...parent, fingerprint: unconfirmed };
    return { ...ending, standing: doubtful };
  }
}

/** What a kind that can only be made anew left behind when it was interrupted. */
async function removeFormer(
  target: Target,
  item: Item | undefined,
  standing: Standing | undefined,
  hands: Hands,
) {
  const { row } = target.place;
  if (row.update.by !== 'recreate' || standing?.id === undefined || item === undefined) return;
  const found = itemId(row, item);
  if (found !== standing.id) await hands.client.remove(target.place, standing.id, hands.signal);
}

function asFound(
  { standing, subject }: Binding,
  { place, wanted }: Target,
  item: Item | undefined,
): Standing {
  const { row } = place;
  const id = row.identity.is === 'assigned' && item !== undefined ? itemId(row, item) : undefined;
  const updatedAt = item !== undefined && row.secrets.length > 0 ? itemUpdatedAt(item) : undefined;
  return {
    ...standing,
    ...(id === undefined ? {} : { id }),
    ...(place.parent === undefined ? {} : { parent: place.parent }),
    ...(updatedAt === undefined ? {} : { remoteUpdatedAt: updatedAt }),
    fingerprint: wanted.fingerprint,
    observedGeneration: subject.resource.metadata.generation,
  };
}

function programmed(
  { subject }: Binding,
  standing: Standing,
  did: Extract<Outcome, { is: 'programmed' }>['did'],
  differences: readonly string[],
): Outcome {
  const observedGeneration = subject.resource.metadata.generation;
  return { is: 'programmed', standing: { ...standing, observedGeneration }, did, differences };
}

function unreachable(problem: string, standing: Standing | undefined): Outcome {
  return { is: 'failing', reason: 'Unreachable', message: problem, retryAfterMs: undefined, standing };
}

function taken({ by, differences }: Extract<Plan, { is: 'taken' }>, standing: Standing | undefined): Outcome {
  const message =
    by === undefined
      ? `something that is not managed by Portcullis stands there already and differs in ${list(differences)}; the annotation adoption-policy says whether it may be taken over`
      : `what stands there belongs to ${by.kind} ${by.namespace}/${by.name}${by.cluster === '' ? '' : ` of cluster ${by.cluster}`}`;
  return { is: 'refused', reason: 'Taken', message, standing };
}

function observed(next: Extract<Plan, { is: 'create' | 'change' }>, standing: Standing | undefined): Outcome {
  const would =
    next.is === 'create' ? 'it would be created' : `it would be changed in ${list(next.differences)}`;
  return { is: 'waiting', reason: 'Observing', message: would, wokenBy: 'time', standing };
}

function list(differences: readonly string[]): string {
  return differences.length === 0 ? 'nothing' : differences.slice(0, 5).join(', ');
}
