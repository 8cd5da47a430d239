/** Why an evaluation was given up: it would have cost more than it may. */
export class TooMuch extends Error {
  override readonly name = 'TooMuch';
}

/**
 * What the evaluation of one rule may cost: turns of loops, calls and letters produced, each a step. A quarter
 * of a million took 15 to 60 ms where it was measured (docs/decisions/0020); a real rule takes some hundreds.
 */
export const maxSteps = 250_000;

export const tooManySteps = `takes more than ${maxSteps} steps`;

/** The longest text that a rule may make, in UTF-16 units. */
const maxText = 1_000_000;

/** Counts the steps of one evaluation. The same expression and values always cost the same, whatever the machine does. */
export class Effort {
  #left = maxSteps;

  begin(): void {
    this.#left = maxSteps;
  }

  /** Whether anything was given up since `begin`: CEL's `||` and loops swallow errors, and this one must not be. */
  get isSpent(): boolean {
    return this.#left < 0;
  }

  /** Throws where it gets too much. */
  spend(steps: number): void {
    if (this.#left >= 0) this.#left -= steps;
    if (this.#left < 0) throw new TooMuch(tooManySteps);
  }

  /** Counts what a function or an operator made, and hands it on. */
  made<Value>(value: Value): Value {
    if (typeof value === 'string') {
      if (value.length > maxText) {
        this.#left = -1;
        throw new TooMuch(`makes a text of more than ${maxText} characters`);
      }
      this.spend(1 + (value.length >> 6));
    } else if (Array.isArray(value)) this.spend(1 + (value.length >> 3));
    else this.spend(1);
    return value;
  }
}
