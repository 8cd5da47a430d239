import type { Logger } from '../../src/runtime/logger.ts';
import type { BindingStatus } from '../../src/model/status.ts';
import type { Deed, Outcome } from '../binding/outcome.ts';
import type { Stored } from '../cluster/stored.ts';
import type { Events } from '../events.ts';
import type { ControllerMetrics, Drift } from '../metrics.ts';
import { namedFields, type Suspicion } from './suspicion.ts';

export interface Reporters {
  readonly events: Events;
  readonly logger: Logger;
  readonly metrics: ControllerMetrics;
}

/** Where an attempt was made and how the one before it ended, so that old news is not told again. */
export interface Attempt {
  readonly resource: Stored;
  readonly gateway: string;
  readonly removing: boolean;
  readonly before: Pick<BindingStatus, 'state' | 'reason' | 'message'> | undefined;
  readonly suspicion?: Suspicion | undefined;
}

/** Tells of an ending: an event for people, a line for the log and a count. */
export function report(outcome: Outcome, attempt: Attempt, { events, logger, metrics }: Reporters): void {
  const { resource, gateway } = attempt;
  const { namespace, name } = resource.metadata;
  const fields = { kind: resource.kind, namespace, name, gateway };
  const tell = (type: 'Normal' | 'Warning', reason: string, message: string) =>
    events.record(resource, { type, reason, message: `gateway ${gateway}: ${message}` });
  metrics.outcomes.inc({ outcome: outcome.is });
  switch (outcome.is) {
    case 'programmed': {
      if (outcome.did === 'none') {
        const isOver = attempt.before !== undefined && attempt.before.state !== 'Programmed';
        if (isOver) tell('Normal', 'Programmed', 'it stands there as wanted again');
        return;
      }
      metrics.writes.inc({ deed: outcome.did });
      const drift = repairedBy(outcome.did, attempt);
      if (drift !== undefined) metrics.driftRepaired.inc({ drift });
      const { reason, message } = drift === undefined ? deeds[outcome.did] : repairs[drift];
      const what = namedFields(outcome.differences);
      tell('Normal', reason, what === '' ? message : `${message}: ${what}`);
      logger.info({ ...fields, operation: outcome.did }, 'A gateway was written to');
      return;
    }
    case 'gone':
      if (outcome.orphaned)
        tell('Warning', 'Orphaned', 'it is left there, as the annotation deletion-policy asks');
      else if (attempt.before !== undefined) {
        metrics.writes.inc({ deed: 'removed' });
        tell('Normal', 'Removed', 'it was removed');
        logger.info({ ...fields, operation: 'removed' }, 'A gateway was written to');
      }
      return;
    case 'waiting':
    case 'refused':
    case 'failing': {
      if (isKnown(outcome, attempt)) return;
      const isFault = outcome.is !== 'waiting' || attempt.removing;
      tell(isFault ? 'Warning' : 'Normal', outcome.reason, outcome.message);
      const line = { ...fields, outcome: outcome.is, reason: outcome.reason, detail: outcome.message };
      if (outcome.is === 'failing' && outcome.cause !== undefined) {
        logger.error({ ...line, error: outcome.cause }, 'An attempt failed for a reason that nobody foresaw');
      } else logger.info(line, 'An attempt did not end well');
    }
  }
}

/** The drift that a deed has mended; undefined where it did something else, or the resource has changed meanwhile. */
function repairedBy(did: Deed, { suspicion, resource }: Attempt): Drift | undefined {
  if (suspicion?.generation !== resource.metadata.generation) return undefined;
  switch (did) {
    case 'created':
      return suspicion.drift === 'wiped' ? 'wiped' : 'deleted';
    case 'replaced':
    case 'recreated':
      return 'edited';
    case 'adopted':
    case 'none':
      return undefined;
  }
}

/** An unreachable gateway fails in one way and then in another, and it is the same news. */
function isKnown(outcome: Extract<Outcome, { reason: string }>, { before, removing }: Attempt): boolean {
  if (before?.reason !== outcome.reason) return false;
  return removing && outcome.reason === 'Unreachable'
    ? before.state === 'Removing'
    : before.message === outcome.message;
}

const deeds = {
  created: { reason: 'Created', message: 'it was created' },
  replaced: { reason: 'Replaced', message: 'it was changed' },
  recreated: { reason: 'Recreated', message: 'it was deleted and created anew' },
  adopted: { reason: 'Adopted', message: 'what stood there is the same and was taken over' },
} as const;

const repairs = {
  wiped: { reason: 'DriftRepaired', message: 'everything was wiped there; it was created again' },
  deleted: { reason: 'DriftRepaired', message: 'it was deleted there and was created again' },
  edited: { reason: 'DriftRepaired', message: 'it was edited there and was put right' },
} as const;
