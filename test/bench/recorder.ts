import type { Bar } from './bar.ts';
import type { Curve, Figure, PartResult } from './results.ts';
import { median } from './statistics.ts';

/** Collects what one part measures, in the order in which it is told. */
export class Recorder {
  readonly #figures: Figure[] = [];
  readonly #bars: Bar[] = [];
  readonly #curves = new Map<string, Curve>();

  figure(name: string, value: number, unit: string): void {
    this.#figures.push({ name, value, unit });
  }

  /** The median of several rounds, which are kept too. */
  rounds(name: string, rounds: readonly number[], unit: string): number {
    const value = median(rounds);
    this.#figures.push({ name, value, unit, rounds });
    return value;
  }

  bar(name: string, measured: number, is: Bar['is'], bar: number, about: string): void {
    this.#bars.push({ name, measured, is, bar, about });
  }

  /** One more point of a curve, which begins with its first. */
  point(curve: Omit<Curve, 'series'>, series: string, x: number, y: number): void {
    const before: Curve['series'] = this.#curves.get(curve.name)?.series ?? {};
    this.#curves.set(curve.name, {
      ...curve,
      series: { ...before, [series]: [...(before[series] ?? []), [x, y]] },
    });
  }

  result(begun: Date, problem?: string): PartResult {
    return {
      at: begun.toISOString(),
      seconds: Math.round((Date.now() - begun.getTime()) / 1000),
      figures: this.#figures,
      bars: this.#bars,
      curves: [...this.#curves.values()],
      ...(problem === undefined ? {} : { problem }),
    };
  }
}
