/**
 * How long until the wait of a deletion is over, in milliseconds: 0 once it is, Infinity where it never is.
 *
 * @param timeoutMs undefined: deletions are waited for without an end
 */
export function waitLeftMs(
  deletionTimestamp: string | undefined,
  timeoutMs: number | undefined,
  now: Date,
): number {
  if (deletionTimestamp === undefined || timeoutMs === undefined) return Infinity;
  return Math.max(Date.parse(deletionTimestamp) + timeoutMs - now.getTime(), 0);
}
