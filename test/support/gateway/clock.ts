/** Nanoseconds since 1970. */
export type Instant = bigint;

const nanosecondsPerMillisecond = 1_000_000n;

/** Tells the time in nanoseconds and never the same time twice, so that every change can be told by its time. */
export class Clock {
  #last: Instant = 0n;

  now(): Instant {
    const wall =
      BigInt(Date.now()) * nanosecondsPerMillisecond + (process.hrtime.bigint() % nanosecondsPerMillisecond);
    this.#last = wall > this.#last ? wall : this.#last + 1n;
    return this.#last;
  }

  /** The moment `nanoseconds` after `instant`; what is told from now on is later still. */
  after(instant: Instant, nanoseconds: bigint): Instant {
    const later = instant + nanoseconds;
    if (later > this.#last) this.#last = later;
    return later;
  }
}

/** RFC 3339 as Go's RFC3339Nano writes it: nanoseconds without trailing zeros. */
export function timestamp(instant: Instant): string {
  return withFraction(instant, 9);
}

/** The same, cut to milliseconds: the precision of `deployedAt`. */
export function timestampMs(instant: Instant): string {
  return withFraction(instant, 3);
}

export function timestampSeconds(instant: Instant): string {
  return withFraction(instant, 0);
}

export function toMillis(instant: Instant): number {
  return Number(instant / nanosecondsPerMillisecond);
}

export function fromMillis(milliseconds: number): Instant {
  return BigInt(Math.trunc(milliseconds)) * nanosecondsPerMillisecond;
}

function withFraction(instant: Instant, digits: number): string {
  const seconds = new Date(toMillis(instant)).toISOString().slice(0, 19);
  const fraction = (instant % 1_000_000_000n).toString().padStart(9, '0').slice(0, digits).replace(/0+$/, '');
  return fraction === '' ? `${seconds}Z` : `${seconds}.${fraction}Z`;
}
