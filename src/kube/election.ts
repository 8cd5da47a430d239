import { backoffMs } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Tenure, Term } from '../runtime/tenure.ts';
import { type Attempt, Candidate, type LeaseNotes } from './candidate.ts';
import type { KubeClient } from './client.ts';
import { isAborted } from '../runtime/lifetime.ts';

/** Whether a replica may hold a Lease at all, where it has several of them to share with others. */
export interface Turns {
  /** Asked before each attempt; true holds a place until `leave`. */
  enter(): boolean;
  leave(): void;
  /** Aborts when `enter` may be answered otherwise than last. */
  changed(): AbortSignal;
}

export interface ElectionOptions {
  readonly namespace: string;
  readonly name: string;
  /** This replica, and no other. */
  readonly identity: string;
  /** How long a lease holds that is not renewed; two thirds of it are used. */
  readonly leaseMs: number;
  /** How often it is renewed, or tried for; well below two thirds of `leaseMs`. */
  readonly renewMs: number;
  readonly turns?: Turns;
  /** For a Lease that several replicas hold together, under one identity. */
  readonly notes?: LeaseNotes;
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
 * the Lease can expire for the others, and when `signal` does; then the tenure still lasts for what has to be brought
 * to its end, but is not prolonged. The Lease is given back only when `lead` has ended. When `lead` ends by itself the
 * election is over, and an error of its is thrown.
 */
export async function elect(
  options: ElectionOptions,
  { client, clock, logger }: ElectionDependencies,
  lead: Lead,
  signal: AbortSignal,
): Promise<void> {
  const { namespace, name, identity, renewMs, turns = always } = options;
  const log = logger.child({ component: 'election', namespace, name, identity });
  const candidate = new Candidate(options, { client, clock, logger: log });

  while (!signal.aborted) {
    const changed = turns.changed();
    const isIn = turns.enter();
    const attempt = isIn ? await candidate.attempt(signal) : await candidate.look(signal);
    const { term } = candidate;
    if (attempt !== 'held' || term === undefined) {
      const pauseMs = renewMs / 2 + backoffMs(1, { baseMs: renewMs, capMs: renewMs });
      // Whoever has tried lets the others try first: what it leaves is news to them, and none to itself.
      if (isIn) turns.leave();
      await clock.sleep(pauseMs, isIn ? signal : AbortSignal.any([signal, changed]));
      continue;
    }
    log.info({}, 'this replica leads');
    const outcome = await reign(term, candidate, options, clock, lead, signal);
    const quietInMs = await candidate.giveBack();
    turns.leave();
    log.info({ outcome: outcome.is }, 'this replica leads no longer');
    await clock.sleep(quietInMs, signal);
    if (outcome.is === 'failed') throw outcome.error;
    if (outcome.is === 'ended') return;
  }
}

const always: Turns = {
  enter: () => true,
  leave: () => undefined,
  changed: () => new AbortController().signal,
};

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
    for (let attempt: Attempt = 'held'; !reigning.aborted;) {
      // A failure may be a conflict with one who holds the lease together with us: there is no use in waiting long.
      await clock.sleep(attempt === 'held' ? renewMs : renewMs / 4, reigning);
      if (!isAborted(reigning)) attempt = await candidate.attempt(reigning);
      if (attempt === 'taken by another') term.end('another has taken the lease');
    }
  };
  // Apart from the renewing, which may hang for as long as a connection can. A term ends when it is asked too late.
  const guard = async () => {
    for (let leftMs = term.remainingMs(); leftMs > 0; leftMs = term.remainingMs())
      await clock.sleep(leftMs, term.signal);
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
