/** How asking an admin port went lately. */
export interface Pace {
  /** Failures in a row. */
  readonly failures: number;
  /** Looks in a row at which the version stood as before. */
  readonly still: number;
  /** Dumps in a row that were read although the version stood. */
  readonly inVain: number;
  /** By the monotonic clock. */
  readonly dumpedAtMs: number;
  /** How long the dump of the last look took; 0 where none was read. */
  readonly dumpTookMs: number;
}

export const quiet: Pace = { failures: 0, still: 0, inVain: 0, dumpedAtMs: -Infinity, dumpTookMs: 0 };

/** With nothing to wait for, so often a gateway is asked whether somebody else has changed it. */
const idleMs = 60_000;

/** How long to rest in any case, and how long to pause unless somebody wakes us; both from the end of the last look. */
export function adminPauseMs(
  { failures, still, dumpTookMs }: Pace,
  pending: number,
  random: () => number,
): { readonly restMs: number; readonly pauseMs: number } {
  // A gateway spends no more than a tenth of its time on being looked at.
  const restMs = Math.max(1000, Math.min(10 * dumpTookMs, idleMs));
  const jitter = 0.9 + 0.2 * random();
  if (failures > 0)
    return { restMs, pauseMs: Math.max(restMs, Math.min(1000 * 2 ** failures, idleMs) * jitter) };
  if (pending > 0) return { restMs, pauseMs: Math.max(restMs, Math.min(1000 * 2 ** still, 5000)) };
  return { restMs, pauseMs: idleMs * jitter };
}

/** Whether the dump is to be read although the version stands: what is not live for long may be so without a sign. */
export function isDumpDue({ inVain, dumpedAtMs }: Pace, pending: number, nowMs: number): boolean {
  return pending > 0 && nowMs - dumpedAtMs >= Math.min(15_000 * 2 ** inVain, 300_000);
}
