/**
 * How many levels of objects and lists an object of ours may have. What the gateways' own policies take has fewer
 * than 20. The API server reads 10,000, where our checks, which descend, would run out of stack, or of time.
 */
export const maxDepth = 256;

/** Whether a value has more levels than that. It does not descend itself, so it takes values of any depth. */
export function isTooDeep(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    const holders = level.filter((one): one is object => typeof one === 'object' && one !== null);
    if (holders.length > 0 && depth >= maxDepth) return true;
    level = holders.flatMap((one) => Object.values(one) as readonly unknown[]);
  }
  return false;
}
