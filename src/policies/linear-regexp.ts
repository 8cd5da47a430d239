import { RE2JS } from 're2js';

/**
 * What the patterns of one judgement may cost, in steps of a pattern times letters of a text. Linear is not fast: 150
 * million such steps were measured to take 2.5 s. Real patterns have some 60 steps, real texts far below 10 kB.
 */
const maxSteps = 30_000_000;

/** Counts what the patterns of a schema have cost since the judgement began. */
export class Effort {
  #left = maxSteps;

  begin(): void {
    this.#left = maxSteps;
  }

  /** Throws where it gets too much. */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new Error('the patterns take too long');
  }
}

/**
 * Regular expressions for ajv in time that is linear in the text, as gateways have them (Go's RE2): a pattern of
 * the real 1.1.0 takes exponential time in JavaScript's own engine. Throws where RE2 knows no such pattern.
 */
export function linearRegExp(effort: Effort) {
  const make = (pattern: string) => {
    const compiled = RE2JS.compile(pattern);
    const size = compiled.programSize();
    const test = (text: string) => {
      effort.spend(size * text.length);
      return compiled.matcher(text).find();
    };
    // ajv tells patterns apart by `toString`: two that print alike would be one.
    return { test, toString: () => `/${pattern}/` };
  };
  return Object.assign(make, { code: 'linearRegExp' });
}
