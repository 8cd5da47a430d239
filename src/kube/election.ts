import { backoffMs } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Tenure, Term } from '../runtime/tenure.ts';
import { Candidate } from './candidate.ts';
import type { KubeClient } from './client.ts';

export interface ElectionOptions {
  readonly namespace: string;
  readonly name: string;
  /** This replica, and no other. */
  readonly identity: string;
  /** How long a lease holds that is not renewed; two thirds of it are used. */
  readonly leaseMs: number;
  /** How often it is renewed, or tried for; well below two thirds of `leaseMs`. */
  readonly renewMs: number;
}

export interface ElectionDependencies {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Every write of it is made under the tenure, which is over well before anybody else can lead. */
export type Lead = (signal: AbortSignal, tenure: Tenure) => Promise<void>;

/**
 * Runs `lead` whenever this replica holds the Lease, until `signal` aborts. The signal that `lead` gets aborts before
 * the Lease can expire for the others; the Lease is given back only when `lead` has ended. When `lead` ends by itself
 * the election is over, and an error of its is thrown.
 */
export async function elect(
  options: ElectionOptions,
  { client, clock, logger }: ElectionDependencies,
  lead: Lead,
  signal: AbortSignal,
): Promise<void> {
  const { namespace, name, identity, renewMs } = options;
  const log = logger.child({ component: 'election', namespace, name, identity });
  const candidate = new Candidate(options, { client, clock, logger: log });

  while (!signal.aborted) {
    const term = (await candidate.attempt(signal)) === 'held' ? candidate.term : undefined;
    if (term === undefined) {
      await clock.sleep(renewMs / 2 + backoffMs(1, { baseMs: renewMs, capMs: renewMs }), signal);
      continue;
    }
    log.info({}, 'this replica leads');
    const outcome = await reign(term, candidate, options, clock, lead, signal);
    const quietInMs = await candidate.giveBack();
    log.info({ outcome: outcome.is }, 'this replica leads no longer');
    await clock.sleep(quietInMs, signal);
    if (outcome.is === 'failed') throw outcome.error;
    if (outcome.is === 'ended') return;
  }
}

type Outcome = { readonly is: 'ended' | 'called off' } | { readonly is: 'failed'; readonly error: unknown };

/** Leads for as long as the lease is kept. */
async function reign(
  term: Term,
  candidate: Candidate,
  { renewMs }: ElectionOptions,
  clock: Clock,
  lead: Lead,
  signal: AbortSignal,
): Promise<Outcome> {
  const reigning = AbortSignal.any([signal, term.signal]);

  const renew = async () => {
    while (!reigning.aborted) {
      await clock.sleep(renewMs, reigning);
      if (!isAborted(reigning) && (await candidate.attempt(reigning)) === 'taken by another')
        term.end('another has taken the lease');
    }
  };
  // Apart from the renewing, which may hang for as long as a connection can. A term ends when it is asked too late.
  const guard = async () => {
    for (let leftMs = term.remainingMs(); leftMs > 0 && !reigning.aborted; leftMs = term.remainingMs())
      await clock.sleep(leftMs, reigning);
  };

  const keeping = Promise.all([renew(), guard()]);
  try {
    await lead(reigning, term);
    return { is: isAborted(reigning) ? 'called off' : 'ended' };
  } catch (error) {
    // Whoever is called off may well complain of it.
    return isAborted(reigning) ? { is: 'called off' } : { is: 'failed', error };
  } finally {
    term.end('the work has ended');
    await keeping;
  }
}

/** Asked anew: the compiler takes it for unchanged across an `await`. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
