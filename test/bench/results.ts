import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Bar } from './bar.ts';

/** One number, and the rounds of which it is the median. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly rounds?: readonly number[];
}

/** How one thing grows with another. */
export interface Curve {
  readonly name: string;
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: Readonly<Record<string, readonly (readonly [x: number, y: number])[]>>;
}

/** What one part came to. */
export interface PartResult {
  readonly at: string;
  readonly seconds: number;
  readonly figures: readonly Figure[];
  readonly bars: readonly Bar[];
  readonly curves: readonly Curve[];
  /** Why it did not come to its end. */
  readonly problem?: string;
}

export interface Results {
  readonly machine: Readonly<Record<string, string | number>>;
  readonly parts: Readonly<Record<string, PartResult>>;
}

/**
 * Earlier results with a part that has been measured again: what it measured replaces what is there under the same name,
 * and the rest stays, so that one size can be measured alone and a part that failed loses nothing.
 */
export function merged(
  before: Results | undefined,
  name: string,
  part: PartResult,
  machine: Results['machine'],
): Results {
  const former = before?.parts[name];
  const all: PartResult = {
    ...part,
    figures: byName(former?.figures, part.figures),
    bars: byName(former?.bars, part.bars),
    curves: byName(former?.curves, part.curves).map((curve) => withFormer(curve, former?.curves)),
  };
  return { machine, parts: { ...before?.parts, [name]: all } };
}

function byName<T extends { readonly name: string }>(
  before: readonly T[] = [],
  now: readonly T[],
): readonly T[] {
  const all = new Map([...before, ...now].map((one) => [one.name, one]));
  return [...all.values()];
}

/** Points that were not measured anew stay on their curve. */
function withFormer(curve: Curve, before: readonly Curve[] = []): Curve {
  const former = before.find(({ name }) => name === curve.name);
  if (former === undefined || former === curve) return curve;
  const series = Object.entries({ ...former.series, ...curve.series }).map(([name, points]) => {
    const at = new Map([...(former.series[name] ?? []), ...points].map((point) => [point[0], point]));
    return [name, [...at.values()].toSorted(([one], [other]) => one - other)] as const;
  });
  return { ...curve, series: Object.fromEntries(series) };
}

export function readResults(file: string): Results | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Results;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`could not read ${file} because ${(error as Error).message}`, { cause: error });
  }
}

/** Whole or not at all: what is killed while it writes leaves the earlier file. */
export function writeResults(file: string, results: Results): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, `${JSON.stringify(results, null, 2)}\n`);
  renameSync(`${file}.part`, file);
}
