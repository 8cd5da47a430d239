import { JsonSyntax } from './json-syntax.ts';

/**
 * What is kept of a JSON document: all of a value, some fields of an object, or the same of every item of an array.
 * Where the document has something of another type there, nothing is kept; such items are left out.
 */
export type Mask = 'whole' | readonly [Mask] | { readonly [field: string]: Mask };

export interface MaskLimits {
  /** The most that is kept, in bytes of the document. */
  readonly maxKeptBytes: number;
}

/** Where a value goes when it has been read; undefined where nobody wants it. */
type Put = ((value: unknown) => void) | undefined;

/** An array or object that is being read. */
interface Frame {
  readonly put: Put;
  readonly value: unknown[] | Record<string, unknown> | undefined;
  readonly mask: Mask | undefined;
  /** The field whose value comes next, where any is wanted. */
  field: string | undefined;
}

/**
 * Reads a JSON document piece by piece and keeps what a mask says. The rest is checked for being JSON and never
 * becomes a string: neither memory nor anything that might be logged holds it.
 */
export class MaskedJson {
  readonly #limits: MaskLimits;
  readonly #syntax: JsonSyntax;
  readonly #frames: Frame[] = [];
  readonly #mask: Mask;
  #kept = 0;
  #result: unknown;
  /** The bytes of the value that is kept whole, and how deep in the document it began. */
  #capture: { readonly parts: Uint8Array[]; readonly depth: number; readonly put: Put } | undefined;
  #chunk: Uint8Array = new Uint8Array();
  #from = 0;

  constructor(mask: Mask, limits: MaskLimits) {
    this.#mask = mask;
    this.#limits = limits;
    this.#syntax = new JsonSyntax({
      opens: (what, at) => this.#open(what, at),
      closes: (at) => this.#close(at),
      scalar: (from, to) => this.#scalar(from, to),
      wantsKeys: () => this.#wantsKeys(),
      key: (name) => this.#key(name),
    });
  }

  /** @throws JsonFault where it is not JSON, or more would have to be kept than is allowed */
  push(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#from = 0;
    this.#syntax.push(chunk);
    if (this.#capture !== undefined) this.#take(this.#capture, chunk.length);
  }

  /** What was kept, once there is no more to come. @throws JsonFault where it ends in the middle */
  end(): unknown {
    this.#syntax.end();
    return this.#result;
  }

  #open(what: 'object' | 'array', at: number): void {
    const { mask, put } = this.#place();
    const isKept = (what === 'array') === Array.isArray(mask);
    const wanted = mask !== undefined && mask !== 'whole' && isKept ? mask : undefined;
    if (mask === 'whole' && this.#capture === undefined) this.#begin(at, put);
    const value = wanted === undefined ? undefined : what === 'array' ? [] : {};
    this.#frames.push({ put: value === undefined ? undefined : put, value, mask: wanted, field: undefined });
  }

  #close(at: number): void {
    const frame = this.#frames.pop();
    if (this.#capture?.depth === this.#frames.length) this.#finish(at + 1);
    else frame?.put?.(frame.value);
  }

  /** A string, number or word; `from` lies before the chunk where it began in an earlier one. */
  #scalar(from: number, to: number | undefined): void {
    if (to !== undefined) {
      if (this.#capture?.depth === this.#frames.length) this.#finish(to);
      return;
    }
    const { mask, put } = this.#place();
    if (mask === 'whole' && this.#capture === undefined) this.#begin(from, put);
  }

  #wantsKeys(): boolean {
    return this.#frames.at(-1)?.mask !== undefined;
  }

  #key(name: string): void {
    const frame = this.#frames.at(-1);
    if (frame?.mask === undefined) return;
    const fields = frame.mask as Readonly<Record<string, Mask>>;
    frame.field = Object.hasOwn(fields, name) ? name : undefined;
  }

  /** What is wanted of the value that comes next, and where it goes. */
  #place(): { readonly mask: Mask | undefined; readonly put: Put } {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return { mask: this.#mask, put: (value) => (this.#result = value) };
    const { value, mask, field } = frame;
    if (Array.isArray(value)) {
      return { mask: (mask as readonly [Mask])[0], put: (item) => value.push(item) };
    }
    if (value === undefined || field === undefined) return { mask: undefined, put: undefined };
    const fields = mask as Readonly<Record<string, Mask>>;
    return { mask: fields[field], put: (part) => (value[field] = part) };
  }

  #begin(at: number, put: Put): void {
    this.#capture = { parts: [], depth: this.#frames.length, put };
    this.#from = at;
  }

  #take({ parts }: { readonly parts: Uint8Array[] }, to: number): void {
    this.#kept += to - this.#from;
    if (this.#kept > this.#limits.maxKeptBytes)
      this.#syntax.refuse('more of it would have to be kept than any gateway has');
    // A copy, so that a large chunk is not held for the sake of a few bytes.
    parts.push(this.#chunk.slice(this.#from, to));
    this.#from = 0;
  }

  #finish(to: number): void {
    const capture = this.#capture;
    if (capture === undefined) return;
    this.#take(capture, to);
    this.#capture = undefined;
    capture.put?.(JSON.parse(Buffer.concat(capture.parts).toString('utf8')));
  }
}
