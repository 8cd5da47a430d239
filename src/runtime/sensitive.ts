import { inspect } from 'node:util';

const shown = '[sensitive]';

/**
 * A value that must not be seen: a password, a token, a private key. However it is printed, logged or serialised,
 * it shows as `[sensitive]`; only `reveal` gives it out, so a search for that word finds every use.
 */
export class Sensitive {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  [inspect.custom](): string {
    return shown;
  }
}
