import { backoffMs } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
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

/** The time for which nobody else can lead. */
export interface Tenure {
  /** On the monotonic clock, and well before the Lease's end. A write that may take longer must not be begun. */
  remainingMs(): number;
}

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
    if ((await candidate.attempt(signal)) !== 'held') {
      await clock.sleep(renewMs / 2 + backoffMs(1, { baseMs: renewMs, capMs: renewMs }), signal);
      continue;
    }
    log.info({}, 'this replica leads');
    const outcome = await reign(candidate, options, clock, lead, signal);
    await candidate.giveBack();
    log.info({ outcome: outcome.is }, 'this replica leads no longer');
    if (outcome.is === 'failed') throw outcome.error;
    if (outcome.is === 'ended') return;
  }
}

type Outcome = { readonly is: 'ended' | 'called off' } | { readonly is: 'failed'; readonly error: unknown };

/** Leads for as long as the lease is kept. */
async function reign(
  candidate: Candidate,
  { renewMs }: ElectionOptions,
  clock: Clock,
  lead: Lead,
  signal: AbortSignal,
): Promise<Outcome> {
  const over = new AbortController();
  const reigning = AbortSignal.any([signal, over.signal]);

  const renew = async () => {
    while (!reigning.aborted) {
      await clock.sleep(renewMs, reigning);
      if (!isAborted(reigning) && (await candidate.attempt(reigning)) === 'taken by another') over.abort();
    }
  };
  // Apart from the renewing, which may hang for as long as a connection can.
  const guard = async () => {
    while (!reigning.aborted) {
      await clock.sleep(candidate.remainingMs(), reigning);
      if (candidate.remainingMs() <= 0) over.abort(new Error('the lease has not been renewed in time'));
    }
  };

  const keeping = Promise.all([renew(), guard()]);
  try {
    await lead(reigning, candidate);
    return { is: isAborted(reigning) ? 'called off' : 'ended' };
  } catch (error) {
    // Whoever is called off may well complain of it.
    return isAborted(reigning) ? { is: 'called off' } : { is: 'failed', error };
  } finally {
    over.abort();
    await keeping;
  }
}

/** Asked anew: the compiler takes it for unchanged across an `await`. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
