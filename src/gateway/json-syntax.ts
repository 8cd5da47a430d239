/** A document that is not JSON, or not all of one. The message completes "because the answer …" and quotes nothing. */
export class JsonFault extends Error {
  override readonly name = 'JsonFault';
}

export interface JsonEvents {
  /** An object or array begins; `at` is its place in the chunk. */
  opens(what: 'object' | 'array', at: number): void;
  closes(at: number): void;
  /** A string, number or word begins (`to` undefined) at `from`, or ends before `to`. */
  scalar(from: number, to: number | undefined): void;
  /** Whether the keys of the object that was opened last are to be told. */
  wantsKeys(): boolean;
  key(name: string): void;
}

type State =
  'value' | 'item' | 'firstKey' | 'key' | 'colon' | 'after' | 'string' | 'escape' | 'hex' | 'word' | 'end';

/** More nesting than any document needs; `JSON.parse` of what is kept goes as deep. */
const maxDepth = 1000;

/** Longer numbers are no numbers of a gateway. */
const maxWord = 400;

/** Longer keys are none that anybody asks for; the rest of one is passed over. */
const maxKey = 1000;

const quote = 0x22;
const backslash = 0x5c;
const whitespace = new Set([0x20, 0x09, 0x0a, 0x0d]);
const escapable: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrt'));
const wordPattern = /^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/;

/** Goes through a JSON document (RFC 8259) byte by byte, in whatever pieces it comes, and tells of its structure. */
export class JsonSyntax {
  readonly #events: JsonEvents;
  readonly #open: ('object' | 'array')[] = [];
  readonly #steps: Readonly<Record<State, (byte: number, letter: string) => void>> = {
    value: (byte, letter) => this.#value(byte, letter),
    item: (byte, letter) => (letter === ']' ? this.#close('array') : this.#value(byte, letter)),
    firstKey: (byte, letter) => (letter === '}' ? this.#close('object') : this.#beginKey(byte)),
    key: (byte) => this.#beginKey(byte),
    colon: (_, letter) => this.#colon(letter),
    after: (_, letter) => this.#comesAfter(letter),
    string: (byte) => this.#inString(byte),
    escape: (byte) => this.#escaped(byte),
    hex: (byte) => this.#hex(byte),
    word: () => this.#unexpected(),
    end: () => this.#unexpected(),
  };
  #state: State = 'value';
  #passed = 0;
  #at = 0;
  #word = '';
  #hexLeft = 0;
  #isKey = false;
  #key: number[] | undefined;

  constructor(events: JsonEvents) {
    this.#events = events;
  }

  push(chunk: Uint8Array): void {
    for (this.#at = 0; this.#at < chunk.length; this.#at += 1) {
      // Most of a document is the inside of strings.
      if (this.#state === 'string' && this.#key === undefined) this.#skipPlain(chunk);
      const byte = chunk[this.#at];
      if (byte !== undefined) this.#step(byte);
    }
    this.#passed += chunk.length;
  }

  end(): void {
    this.#at = 0;
    if (this.#state === 'word' && this.#open.length === 0) this.#endWord();
    if (this.#state === 'end') return;
    const bytes = this.#passed;
    throw new JsonFault(bytes === 0 ? 'is empty' : `ends in the middle, after ${bytes} bytes`);
  }

  refuse(why: string): never {
    throw new JsonFault(`is of no use: ${why}`);
  }

  #step(byte: number): void {
    if (this.#state === 'word') {
      if (isWordByte(byte)) {
        this.#extendWord(byte);
        return;
      }
      this.#endWord();
    }
    const isInside = this.#state === 'string' || this.#state === 'escape' || this.#state === 'hex';
    if (isInside || !whitespace.has(byte)) this.#steps[this.#state](byte, String.fromCharCode(byte));
  }

  #comesAfter(letter: string): void {
    if (letter === ',') this.#state = this.#open.at(-1) === 'object' ? 'key' : 'value';
    else if (letter === '}') this.#close('object');
    else if (letter === ']') this.#close('array');
    else this.#unexpected();
  }

  #colon(letter: string): void {
    if (letter !== ':') this.#unexpected();
    this.#state = 'value';
  }

  #value(byte: number, letter: string): void {
    if (letter === '{' || letter === '[') {
      const what = letter === '{' ? 'object' : 'array';
      if (this.#open.length === maxDepth) this.refuse('it is nested too deep');
      this.#events.opens(what, this.#at);
      this.#open.push(what);
      this.#state = what === 'object' ? 'firstKey' : 'item';
      return;
    }
    if (byte !== quote && !isWordByte(byte)) this.#unexpected();
    this.#events.scalar(this.#at, undefined);
    this.#isKey = false;
    if (byte === quote) this.#state = 'string';
    else {
      this.#word = letter;
      this.#state = 'word';
    }
  }

  #close(what: 'object' | 'array'): void {
    if (this.#open.pop() !== what) this.#unexpected();
    this.#events.closes(this.#at);
    this.#after();
  }

  #after(): void {
    this.#state = this.#open.length === 0 ? 'end' : 'after';
  }

  #beginKey(byte: number): void {
    if (byte !== quote) this.#unexpected();
    this.#isKey = true;
    this.#key = this.#events.wantsKeys() ? [] : undefined;
    this.#state = 'string';
  }

  #skipPlain(chunk: Uint8Array): void {
    let at = this.#at;
    for (let byte = chunk[at]; byte !== undefined; byte = chunk[(at += 1)]) {
      if (byte === quote || byte === backslash || byte < 0x20) break;
    }
    this.#at = at;
  }

  #inString(byte: number): void {
    if (byte < 0x20) this.#unexpected();
    if (byte === quote) {
      this.#endString();
      return;
    }
    this.#noteKey(byte);
    if (byte === backslash) this.#state = 'escape';
  }

  #escaped(byte: number): void {
    this.#noteKey(byte);
    if (escapable.has(byte)) this.#state = 'string';
    else if (byte === 0x75) {
      this.#state = 'hex';
      this.#hexLeft = 4;
    } else this.#unexpected();
  }

  #hex(byte: number): void {
    this.#noteKey(byte);
    if (!/[0-9a-fA-F]/.test(String.fromCharCode(byte))) this.#unexpected();
    this.#hexLeft -= 1;
    if (this.#hexLeft === 0) this.#state = 'string';
  }

  #noteKey(byte: number): void {
    if (this.#key !== undefined && this.#key.length <= maxKey) this.#key.push(byte);
  }

  #endString(): void {
    if (!this.#isKey) {
      this.#after();
      this.#events.scalar(this.#at, this.#at + 1);
      return;
    }
    if (this.#key !== undefined) this.#events.key(keyOf(this.#key));
    this.#key = undefined;
    this.#state = 'colon';
  }

  #extendWord(byte: number): void {
    this.#word += String.fromCharCode(byte);
    if (this.#word.length > maxWord) this.refuse('a number in it is too long');
  }

  #endWord(): void {
    if (!wordPattern.test(this.#word)) this.#unexpected();
    this.#after();
    this.#events.scalar(this.#at, this.#at);
  }

  #unexpected(): never {
    throw new JsonFault(`is not JSON, from its byte ${this.#passed + this.#at} on`);
  }
}

/** The letters of numbers and words, and those that could be mistaken for them. */
function isWordByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x45 ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e
  );
}

/** A key that was cut short equals none. */
function keyOf(bytes: readonly number[]): string {
  if (bytes.length > maxKey) return '';
  return JSON.parse(`"${Buffer.from(bytes).toString('utf8')}"`) as string;
}
