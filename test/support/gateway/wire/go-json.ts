import type { Json } from './json.ts';

/** How Go reads JSON: `whole` is json.Unmarshal, `stream` is json.Decoder. They differ at the end of the text. */
export type Reader = 'whole' | 'stream';

/** Parses JSON; what is wrong with it is said in the words of Go's encoding/json. */
export function parseGoJson(source: string, reader: Reader): Json {
  try {
    return JSON.parse(source) as Json;
  } catch {
    throw new SyntaxError(new Complaint(source, reader).find());
  }
}

const literals: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' };

/** Walks over JSON that is known to be wrong, as far as it is right. */
class Complaint {
  readonly #source: string;
  readonly #reader: Reader;
  #at = 0;

  constructor(source: string, reader: Reader) {
    this.#source = source;
    this.#reader = reader;
  }

  find(): string {
    try {
      this.#value();
      this.#space();
      this.#fail('after top-level value');
    } catch (error) {
      if (error instanceof SyntaxError) return error.message;
      throw error;
    }
  }

  #value(): void {
    const character = this.#space();
    if (character === '{') this.#object();
    else if (character === '[') this.#array();
    else if (character === '"') this.#string();
    else if (/[-0-9]/.test(character)) this.#number();
    else this.#word(literals[character]);
  }

  #word(literal: string | undefined): void {
    if (literal === undefined) this.#fail('looking for beginning of value');
    for (const expected of literal) {
      if (this.#peek() !== expected) this.#fail(`in literal ${literal} (expecting '${expected}')`);
      this.#at += 1;
    }
  }

  #object(): void {
    this.#at += 1;
    if (this.#closes('}')) return;
    for (;;) {
      if (this.#space() !== '"') this.#fail('looking for beginning of object key string');
      this.#string();
      if (this.#space() !== ':') this.#fail('after object key');
      this.#at += 1;
      this.#value();
      if (this.#closes('}')) return;
      if (this.#peek() !== ',') this.#fail('after object key:value pair');
      this.#at += 1;
    }
  }

  #array(): void {
    this.#at += 1;
    if (this.#closes(']')) return;
    for (;;) {
      this.#value();
      if (this.#closes(']')) return;
      if (this.#peek() !== ',') this.#fail('after array element');
      this.#at += 1;
    }
  }

  #string(): void {
    this.#at += 1;
    while (this.#peek() !== '"') {
      if (this.#peek() < ' ') this.#fail('in string literal');
      if (this.#peek() === '\\') this.#escape();
      this.#at += 1;
    }
    this.#at += 1;
  }

  #escape(): void {
    this.#at += 1;
    if (!/["\\/bfnrtu]/.test(this.#peek())) this.#fail('in string escape code');
    if (this.#peek() !== 'u') return;
    for (let digit = 0; digit < 4; digit += 1) {
      this.#at += 1;
      if (!/[0-9a-fA-F]/.test(this.#peek())) this.#fail('in \\u hexadecimal character escape');
    }
  }

  #number(): void {
    const match = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/.exec(this.#source.slice(this.#at));
    if (match === null) {
      this.#at += 1;
      this.#peek();
      this.#fail('in numeric literal');
    }
    this.#at += match[0].length;
  }

  #closes(bracket: string): boolean {
    if (this.#space() !== bracket) return false;
    this.#at += 1;
    return true;
  }

  #space(): string {
    while (/^[ \t\r\n]/.test(this.#source.slice(this.#at, this.#at + 1))) this.#at += 1;
    return this.#peek();
  }

  #peek(): string {
    const character = this.#source[this.#at];
    if (character !== undefined) return character;
    if (this.#reader === 'whole') throw new SyntaxError('unexpected end of JSON input');
    throw new SyntaxError(this.#source.trim() === '' ? 'EOF' : 'unexpected EOF');
  }

  #fail(where: string): never {
    const character = this.#source[this.#at] ?? '';
    const shown = character === "'" ? `'\\''` : character === '"' ? `'"'` : `'${printable(character)}'`;
    throw new SyntaxError(`invalid character ${shown} ${where}`);
  }
}

function printable(character: string): string {
  return JSON.stringify(character).slice(1, -1);
}
