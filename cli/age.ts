/** How long ago something was, as kubectl writes it: 42s, 5m, 3h, 12d. */
export function ageText(since: string | undefined, now: Date): string {
  const ms = now.getTime() - Date.parse(since ?? '');
  if (Number.isNaN(ms)) return '';
  const seconds = Math.max(0, Math.floor(ms / 1000));
  for (const [unit, size] of units) if (seconds >= 2 * size) return `${Math.floor(seconds / size)}${unit}`;
  return `${seconds}s`;
}

const units = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
] as const;
