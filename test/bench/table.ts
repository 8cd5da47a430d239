import { isMet, short, verdictLine } from './bar.ts';
import type { PartResult } from './results.ts';

/** What a part came to, for a terminal: its figures as a table, then a line for each bar. */
export function shown({ figures, bars, problem }: PartResult): string {
  const rows = figures.map(({ name, value, unit, rounds }) => [
    name,
    short(value),
    unit,
    rounds === undefined ? '' : `${short(Math.min(...rounds))} – ${short(Math.max(...rounds))}`,
  ]);
  const lines = [
    ...aligned([['figure', 'median', 'unit', 'rounds from – to'], ...rows]),
    '',
    ...bars.map(verdictLine),
  ];
  return [...lines, ...(problem === undefined ? [] : [`did not come to its end: ${problem}`])].join('\n');
}

/** Columns as wide as their widest cell; the second one, numbers, to the right. */
export function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 1 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

/** How many of the bars are met. */
export function summary(parts: readonly PartResult[]): string {
  const bars = parts.flatMap((part) => part.bars);
  const met = bars.filter(isMet).length;
  return `${met} of ${bars.length} bars met`;
}
