import { type Clock, systemClock } from '../../../src/runtime/clock.ts';

/** The real clock, except that it sleeps no longer than a moment: backoff without the waiting. */
export const hastyClock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 5), signal),
};
