import type { Instant } from '../clock.ts';
import { fromMillis, timestamp, toMillis } from '../clock.ts';
import type { JsonObject } from '../wire/json.ts';
import { isObject, textOf } from '../wire/json.ts';

const second = 1_000_000_000n;
const units: Readonly<Record<string, bigint>> = {
  seconds: second,
  minutes: 60n * second,
  hours: 3_600n * second,
  days: 86_400n * second,
  weeks: 604_800n * second,
};

/** The longest time that Go's time.Duration holds, in nanoseconds: about 292 years. */
const longest = 2n ** 63n - 1n;

/**
 * When a key expires, as it is stored. `expiresAt` wins over `expiresIn`, which counts from now.
 * `unacceptable` is what the gateway answers 500 to: a moment in the past, an unknown unit, too long a time.
 */
export function expiryOf(body: JsonObject, now: Instant): string | undefined | 'unacceptable' {
  const expiresAt = textOf(body.expiresAt);
  if (expiresAt !== '') {
    return Date.parse(expiresAt) < toMillis(now) ? 'unacceptable' : withoutZeros(expiresAt);
  }
  if (!isObject(body.expiresIn)) return undefined;
  const { unit, duration } = body.expiresIn;
  if (typeof duration !== 'number' || duration < 0) return 'unacceptable';
  if (unit === 'months') return inMonths(now, duration);
  const length = units[textOf(unit)];
  if (length === undefined || length * BigInt(duration) > longest) return 'unacceptable';
  return timestamp(now + length * BigInt(duration));
}

function inMonths(now: Instant, months: number): string | 'unacceptable' {
  const date = new Date(toMillis(now));
  date.setUTCMonth(date.getUTCMonth() + months);
  return Number.isNaN(date.getTime()) ? 'unacceptable' : timestamp(fromMillis(date.getTime()) + (now % 1_000_000n));
}

function withoutZeros(time: string): string {
  return time.replace(/(\.\d*?)0+(?=Z|[+-])/, '$1').replace(/\.(?=Z|[+-])/, '');
}
