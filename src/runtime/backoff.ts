export interface BackoffOptions {
  /** The upper bound of the first delay. */
  readonly baseMs: number;
  /** The upper bound of every delay. */
  readonly capMs: number;
}

/**
 * How long to wait before try number `attempt` + 1, where `attempt` counts failures and starts at 1.
 *
 * Capped exponential with full jitter: anything between 0 and the bound, which spreads a crowd of clients best
 * (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 *
 * @param random gives a number in [0, 1)
 */
export function backoffMs(
  attempt: number,
  options: BackoffOptions,
  random: () => number = Math.random,
): number {
  // 2 ** 1024 is Infinity, which Math.min takes as it is.
  const bound = Math.min(options.capMs, options.baseMs * 2 ** Math.max(0, attempt - 1));
  return Math.floor(random() * bound);
}

/**
 * The same where the other side may have said how long to wait: never sooner than that, never sooner than without it (it
 * may say 0), and a tenth later at random, since it says the same to everybody.
 */
export function retryMs(
  askedMs: number | undefined,
  attempt: number,
  options: BackoffOptions,
  random: () => number = Math.random,
): number {
  const ownMs = backoffMs(attempt, options, random);
  return askedMs === undefined ? ownMs : Math.max(ownMs, Math.floor(askedMs * (1 + 0.1 * random())));
}
