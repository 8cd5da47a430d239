import type { Instant } from '../clock.ts';
import { fromMillis, timestamp, toMillis } from '../clock.ts';
import { internalError } from '../kinds/refusals.ts';
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
 * When a key expires, as it is stored; undefined: never. `expiresAt` wins over `expiresIn`, which counts from now.
 * A moment in the past, an unknown unit and too long a time are answered like a fault of the gateway itself.
 */
export function expiryOf(body: JsonObject, now: Instant): string | undefined {
  const expiresAt = textOf(body.expiresAt);
  if (expiresAt !== '') {
    if (Date.parse(expiresAt) < toMillis(now)) throw internalError();
    return withoutZeros(expiresAt);
  }
  if (!isObject(body.expiresIn)) return undefined;
  const { unit, duration } = body.expiresIn;
  if (typeof duration !== 'number' || duration < 0) throw internalError();
  if (unit === 'months') return inMonths(now, duration);
  const length = units[textOf(unit)];
  if (length === undefined || length * BigInt(duration) > longest) throw internalError();
  return timestamp(now + length * BigInt(duration));
}

function inMonths(now: Instant, months: number): string {
  const date = new Date(toMillis(now));
  date.setUTCMonth(date.getUTCMonth() + months);
  if (Number.isNaN(date.getTime())) throw internalError();
  return timestamp(fromMillis(date.getTime()) + (now % 1_000_000n));
}

function withoutZeros(time: string): string {
  return time.replace(/(\.\d*?)0+(?=Z|[+-])/, '$1').replace(/\.(?=Z|[+-])/, '');
}
