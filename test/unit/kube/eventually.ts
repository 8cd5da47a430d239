import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `check` gives something true, and returns it; a check that throws counts as not yet. */
export async function eventually<T>(check: () => T | Promise<T>, withinMs = 10_000): Promise<T> {
  const endMs = performance.now() + withinMs;
  let last: unknown = 'it never held';
  while (performance.now() < endMs) {
    try {
      const value = await check();
      if (value) return value;
    } catch (error) {
      last = error;
    }
    await sleep(10);
  }
  throw new Error(`waited ${withinMs} ms in vain`, { cause: last });
}
