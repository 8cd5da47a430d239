/**
 * How many levels of objects and lists an object of ours may have. What the gateways' own policies take has fewer
 * than 20. The API server reads 10,000, where our checks, which descend, would run out of stack, or of time.
 */
export const maxDepth = 256;

/** Whether a value has more levels than that. It descends no further, so it takes values of any depth. */
export function isTooDeep(value: unknown): boolean {
  return isDeeperThan(maxDepth, value);
}

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  const children = Array.isArray(value) ? value : Object.values(value);
  for (const child of children) if (isDeeperThan(levels - 1, child)) return true;
  return false;
}
