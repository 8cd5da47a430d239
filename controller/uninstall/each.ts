import { isKubeError } from '../../src/kube/kube-error.ts';
import { backoffMs } from '../../src/runtime/backoff.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { isAborted } from '../../src/runtime/lifetime.ts';

/** Calls under way at once: much faster than one by one, and nothing that an API server would feel. */
const workers = 16;

/** How often something is tried that fails for a reason that passes. */
const tries = 6;

/**
 * Does something with each item, several at once, again where the API server does not answer or somebody else was
 * faster. Goes on to the end whatever fails.
 *
 * @returns what failed, with the item
 */
export async function each<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly { readonly item: T; readonly error: unknown }[]> {
  const failures: { readonly item: T; readonly error: unknown }[] = [];
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) {
      try {
        await persistently(() => work(item), clock, signal);
      } catch (error) {
        if (isAborted(signal)) throw error;
        failures.push({ item, error });
      }
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
  return failures;
}

async function persistently(work: () => Promise<void>, clock: Clock, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      const isPassing = isKubeError(error, 'unavailable', 'conflict');
      if (!isPassing || attempt === tries || isAborted(signal)) throw error;
      await clock.sleep(error.retryAfterMs ?? backoffMs(attempt, { baseMs: 200, capMs: 5000 }), signal);
    }
  }
}
