import { backoffMs, retryMs } from '../../src/runtime/backoff.ts';
import type { Outcome } from './outcome.ts';

/** What a gateway refuses is tried again at least this often: the obstacle may be one that nobody tells us of. */
const refusedMs = 30 * 60_000;

const patient = { baseMs: 1000, capMs: 30_000 };
const failing = { baseMs: 1000, capMs: 60_000 };

/**
 * How long until the next attempt, without an end; undefined where an event will tell.
 *
 * @param attempt counts the endings in a row that were not good, from 1
 * @param random gives a number in [0, 1)
 */
export function againAfterMs(outcome: Outcome, attempt: number, random: () => number): number | undefined {
  switch (outcome.is) {
    case 'programmed':
    case 'gone':
      return undefined;
    case 'waiting':
      return outcome.wokenBy === 'event' ? undefined : backoffMs(attempt, patient, random);
    case 'refused':
      return refusedMs * (0.9 + 0.2 * random());
    case 'failing':
      // The gateway's own part tries to reach it, and wakes everybody when it does.
      if (outcome.reason === 'Unreachable') return undefined;
      return retryMs(outcome.retryAfterMs, attempt, failing, random);
  }
}
