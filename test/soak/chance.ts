import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Choices that one seed decides. */
export class Chance {
  readonly #generator;

  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed);
  }

  /** From `least` to `most`, both of them too. */
  between(least: number, most: number): number {
    return uniformInt(this.#generator, least, most);
  }

  /** Throws when there is nothing to choose from. */
  pick<T>(all: readonly T[]): T {
    if (all.length === 0) throw new Error('there is nothing to pick');
    return all[this.between(0, all.length - 1)]!;
  }

  /** Each one as often as its weight says. */
  weighted<T>(all: readonly (readonly [weight: number, one: T])[]): T {
    const sum = all.reduce((total, [weight]) => total + weight, 0);
    let left = this.between(1, sum);
    for (const [weight, one] of all) {
      left -= weight;
      if (left <= 0) return one;
    }
    throw new Error('there is nothing to pick');
  }

  /** Some of them, at least one. */
  some<T>(all: readonly T[]): readonly T[] {
    const least = this.pick(all);
    return all.filter((one) => one === least || this.between(0, 1) === 1);
  }
}
