/** RFC 3339 in UTC with any fraction of a second, as gateways write it. */
const pattern = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?Z$/;

/** Nanoseconds since 1970: gateways tell their times that exactly, and two writes fall into one millisecond. */
export function momentOf(text: unknown): bigint | undefined {
  const [, seconds, fraction = ''] = (typeof text === 'string' ? pattern.exec(text) : undefined) ?? [];
  const ms = seconds === undefined ? NaN : Date.parse(`${seconds}Z`);
  if (Number.isNaN(ms)) return undefined;
  return BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}
