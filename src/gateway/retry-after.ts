/** The longest wait that a gateway may ask of us: ten minutes. */
const longestMs = 600_000;

/** Reads a Retry-After header (RFC 9110, 10.2.3): seconds or a date. In milliseconds from `now`. */
export function retryAfterMs(header: string | readonly string[] | undefined, now: Date): number | undefined {
  const text = typeof header === 'string' ? header : header?.[0];
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now.getTime();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), longestMs);
}
