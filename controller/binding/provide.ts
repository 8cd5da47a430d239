import { plan, type Plan } from '../../src/compare/plan.ts';
import type { GatewayError } from '../../src/gateway/gateway-error.ts';
import type { ManagementClient } from '../../src/gateway/management-client.ts';
import { itemId, itemUpdatedAt, type Item } from '../../src/model/item.ts';
import type { Owner } from '../../src/model/mark.ts';
import type { Policies } from '../../src/compare/asked-for.ts';
import type { Stored, StoredGateway, Subject } from '../cluster/stored.ts';
import { collectionOf } from '../gateway/listing.ts';
import type { Quotas } from '../gateway/quotas.ts';
import type { Removals } from '../removals/removals.ts';
import type { Hands } from './carry-out.ts';
import { judge } from './judge.ts';
import { observe, type Found } from './observe.ts';
import type { Outcome } from './outcome.ts';
import { isThere, mayBeThere, type Standing } from '../../src/model/standing.ts';
import { fitting, isAnothers, quotaBehind, type RoomSteps } from './room.ts';
import { missingReference, unfitReference } from './references.ts';
import { lostTo } from './rivals.ts';
import { ambiguous, observed, taken, unreachable } from './unwritten.ts';
import { removeFormer, writeOrDoubt } from './write.ts';
import { targetOf, type Target, type WantedSteps } from './wanted.ts';

/** The gateway of a binding: how it is spoken to, or why it can't be. */
export type Reach =
  | {
      readonly client: ManagementClient;
      /** Our name there, where our credentials tell it. */
      readonly user: string | undefined;
      readonly problem?: never;
      readonly since?: never;
    }
  | {
      readonly client?: never;
      readonly user?: never;
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
  /** Whether what is equal is written once more, where that costs nobody the thing. */
  readonly force: boolean;
  /** Whether the last ending was a good one. */
  readonly wasProgrammed: boolean;
}

export interface ProvideSteps extends WantedSteps {
  readonly reach: Reach;
  readonly removals: Pick<Removals, 'verdict'>;
  readonly quotas: Quotas;
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
  const { subject, gateway, standing } = binding;
  const { client, problem } = steps.reach;

  const { spec, fault } = judge(steps.cluster, subject, client?.generation);
  if (fault !== undefined) {
    // What stood there once stands in no collection that the gateway still has: nothing may build on it.
    return {
      is: 'refused',
      ...fault,
      standing: fault.reason === 'UnsupportedByGateway' ? undefined : standing,
    };
  }
  const lost = lostTo(subject, gateway, steps);
  if (lost !== undefined) return { is: 'refused', ...lost, standing };
  if (client === undefined) return unreachable(problem, standing);
  const missing = await missingReference(subject, gateway, steps);
  if (missing !== undefined) return { is: 'waiting', ...missing, wokenBy: 'event', standing };
  const { target, obstacle } = await targetOf(subject, spec, gateway, client.generation, steps);
  if (obstacle !== undefined) return { ...obstacle, standing };
  if (isTrusted(binding, target)) {
    // It may have stood there before we came back, and nothing of us on it any more.
    if (binding.policies.mode !== 'Observe') await steps.protect(subject.resource);
    return programmed(binding, standing ?? {}, 'none', []);
  }

  const bring = async () => await bringThere(binding, target, client, steps);
  return subject.row.countedBy === undefined
    ? await bring()
    : await steps.quotas.inTurn(collectionOf(target.place), steps.signal, bring);
}

/** Looks at what stands there, and makes the least change to it. */
async function bringThere(
  binding: Binding,
  target: Target,
  client: ManagementClient,
  steps: ProvideSteps,
): Promise<Outcome> {
  const { subject, standing, policies } = binding;
  const found = await observe(client, target, standing, steps.signal);
  if (found.candidates.length > 1) return ambiguous(found, standing);
  const { item } = found;
  const roomSteps: RoomSteps = { quotas: steps.quotas, user: steps.reach.user };
  const planned = insisting(planFor(binding, target, found, client, steps), binding);
  if (planned.is === 'taken') return taken(planned, standing);
  const fits = fitting(planned, target, found, binding.gateway, roomSteps);
  if (fits.full !== undefined) return { is: 'refused', ...fits.full, standing };
  const { next } = fits;
  if (policies.mode === 'Observe') {
    return next.is === 'same'
      ? programmed(binding, asFound(binding, target, item), 'none', [])
      : observed(next, standing);
  }
  const unfit = createsAnew(next, policies) ? unfitReference(subject, steps) : undefined;
  if (unfit !== undefined) return { is: 'waiting', ...unfit, wokenBy: 'event', standing };
  // Before anything is written, so that nothing we create can outlive its resource.
  await steps.protect(subject.resource);
  const hands: Hands = { client, clock: steps.clock, signal: steps.signal };
  if (next.is === 'same') {
    await removeFormer(target, item, standing, hands);
    return programmed(binding, asFound(binding, target, item), next.adopts ? 'adopted' : 'none', []);
  }
  const why = (error: GatewayError) => quotaBehind(error, target, found, roomSteps, steps.clock.now());
  const written = await writeOrDoubt(next, target, item, binding, hands, why);
  if ('is' in written) return written;
  await removeFormer(target, item, standing, hands);
  switch (next.is) {
    case 'create':
      return programmed(binding, written, 'created', []);
    case 'change':
      return programmed(binding, written, 'replaced', next.differences);
    case 'fixed':
      return programmed(
        binding,
        written,
        'recreated',
        next.fields.map((field) => `spec.${field}`),
      );
  }
}

/** A write of what is equal already, where somebody insists on it and it takes no new creation. */
function insisting(planned: Plan, { force, subject, policies }: Binding): Plan {
  const { by } = subject.row.update;
  if (!force || policies.mode !== 'Active' || planned.is !== 'same' || (by !== 'put' && by !== 'post'))
    return planned;
  return { is: 'change', by, differences: [] };
}

function createsAnew(next: Plan, { recreate: isAllowed }: Policies): boolean {
  return next.is === 'create' || (next.is === 'fixed' && isAllowed);
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
  target: Target,
  { item, elsewhere }: Found,
  client: ManagementClient,
  steps: ProvideSteps,
): Plan {
  // The gateway lets us overwrite what another user made.
  const isTheirs = isAnothers(item, target, standing, steps.reach.user);
  const known = isTheirs ? undefined : standing;
  return plan({
    row: subject.row,
    wanted: target.wanted,
    item,
    elsewhere,
    mayHaveWritten: mayBeThere(known),
    standing: isThere(known) ? known : known && { ...known, fingerprint: undefined },
    adoption: isTheirs ? 'Never' : policies.adoption,
    view: { generation: client.generation, from: 'get' },
    mayOverride: (owner) => steps.isAbandoned(owner),
  });
}

function asFound(
  { standing: known, subject }: Binding,
  { place, wanted }: Target,
  item: Item | undefined,
): Standing {
  const { row } = place;
  const { fixed: _, ...standing } = known ?? {};
  const id = row.identity.is === 'assigned' && item !== undefined ? itemId(row, item) : undefined;
  const updatedAt = item !== undefined && row.secrets.length > 0 ? itemUpdatedAt(item) : undefined;
  return {
    ...standing,
    ...(id === undefined ? {} : { id }),
    ...(place.parent === undefined ? {} : { parent: place.parent }),
    ...(updatedAt === undefined ? {} : { remoteUpdatedAt: updatedAt }),
    ...(wanted.fixed === undefined ? {} : { fixed: wanted.fixed }),
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
