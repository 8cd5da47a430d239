import type { Clock } from './clock.ts';

/** The time for which nobody else may do the same work. Whoever writes asks at the last moment whether it still lasts. */
export interface Tenure {
  /** How much of it is left, by the clock; 0 when it is over, and then for good. */
  remainingMs(): number;
  /** Aborts when it is over, by a timer or by whoever asks first. It may be late; `remainingMs` never is. */
  readonly signal: AbortSignal;
  /** Told of a write that was sent and whose end nobody has seen: it may still be on its way. */
  unanswered(): void;
}

/** A moment on both clocks. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

export function momentOf(clock: Clock): Moment {
  return { monotonicMs: clock.monotonicMs(), wallMs: clock.now().getTime() };
}

/** How much time lies between a moment and now, by the clock that says more. */
export function sinceMs({ monotonicMs, wallMs }: Moment, clock: Clock): number {
  return Math.max(clock.monotonicMs() - monotonicMs, clock.now().getTime() - wallMs);
}

/**
 * A tenure that is prolonged from time to time, and ends for good when it was not prolonged in time.
 *
 * Two clocks are asked, and the one that says "over" is believed. The monotonic clock never jumps and goes on while
 * the process is stopped (SIGSTOP, a frozen cgroup), but on Linux CLOCK_MONOTONIC stands still while the machine is
 * suspended; the wall clock is set right when it wakes. A wall clock that is put forward ends a tenure too early,
 * which costs an election; one that is put back changes nothing. A virtual machine that is paused without either of
 * its clocks being told can't be found out from inside.
 */
export class Term implements Tenure {
  readonly #clock: Clock;
  readonly #over = new AbortController();
  #since: Moment;
  #lengthMs: number;
  #unansweredAt: Moment | undefined;

  /** @param since the moment from which it counts: before it was asked for */
  constructor({ clock }: { readonly clock: Clock }, since: Moment, lengthMs: number) {
    this.#clock = clock;
    this.#since = since;
    this.#lengthMs = lengthMs;
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  remainingMs(): number {
    if (this.#over.signal.aborted) return 0;
    const left = this.#lengthMs - sinceMs(this.#since, this.#clock);
    if (left > 0) return left;
    this.end('it was not prolonged in time');
    return 0;
  }

  /** Makes it last longer; false if it is over already: then somebody else may have had the work meanwhile. */
  prolong(since: Moment, lengthMs: number): boolean {
    if (this.remainingMs() === 0) return false;
    this.#since = since;
    this.#lengthMs = lengthMs;
    return true;
  }

  /** @param why completes "the tenure is over because …" */
  end(why: string): void {
    this.#over.abort(new TenureOver(why));
  }

  unanswered(): void {
    this.#unansweredAt = momentOf(this.#clock);
  }

  /** How long until no write of it can be on its way any more, if one takes `ms` at most. */
  quietInMs(ms: number): number {
    return this.#unansweredAt === undefined ? 0 : Math.max(ms - sinceMs(this.#unansweredAt, this.#clock), 0);
  }
}

/** The reason of the signal of a tenure. */
export class TenureOver extends Error {
  override readonly name = 'TenureOver';

  constructor(why: string) {
    super(`the tenure is over because ${why}`);
  }
}

/** The tenure of one who is alone: it lasts until the signal aborts. */
export function unending(signal: AbortSignal): Tenure {
  return {
    signal,
    remainingMs: () => (signal.aborted ? 0 : Infinity),
    unanswered: () => undefined,
  };
}

/** A tenure that is over as soon as the signal aborts, too. */
export function within(tenure: Tenure, signal: AbortSignal): Tenure {
  return {
    signal: AbortSignal.any([tenure.signal, signal]),
    remainingMs: () => (signal.aborted ? 0 : tenure.remainingMs()),
    unanswered: () => tenure.unanswered(),
  };
}
