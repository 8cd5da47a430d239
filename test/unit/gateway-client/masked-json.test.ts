import { expect } from 'chai';
import fc from 'fast-check';
import { JsonFault } from '../../../src/gateway/json-syntax.ts';
import { MaskedJson, type Mask } from '../../../src/gateway/masked-json.ts';

/** What is kept of a text that comes in pieces of so many bytes each. */
function kept(text: string, mask: Mask, size = 7, maxKeptBytes = 1_000_000): unknown {
  const reader = new MaskedJson(mask, { maxKeptBytes });
  const bytes = Buffer.from(text, 'utf8');
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  return reader.end();
}

/** The same, from a document that was read as a whole. */
function masked(value: unknown, mask: Mask): unknown {
  if (mask === 'whole') return value;
  if (Array.isArray(mask)) {
    const [item] = mask as readonly [Mask];
    return Array.isArray(value)
      ? value.map((one) => masked(one, item)).filter((one) => one !== undefined)
      : undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const found: Record<string, unknown> = {};
  for (const [field, inner] of Object.entries(mask as Readonly<Record<string, Mask>>)) {
    if (!Object.hasOwn(value, field)) continue;
    const part = masked((value as Readonly<Record<string, unknown>>)[field], inner);
    if (part !== undefined) found[field] = part;
  }
  return found;
}

const field = fc.constantFrom('a', 'b', 'c', 'ä"\\\n');
const { mask: masks } = fc.letrec<{ mask: Mask }>((tie) => ({
  mask: fc.oneof(
    { depthSize: 'small' },
    fc.constant('whole' as const),
    tie('mask').map((item) => [item] as const),
    fc.dictionary(field, tie('mask'), { noNullPrototype: true }),
  ),
}));
const { value: values } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, 0, -1.5, 1e300),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value')),
    fc.dictionary(field, tie('value'), { noNullPrototype: true }),
  ),
}));
const sizes = fc.integer({ min: 1, max: 20 });

/** Whether `JSON.parse` takes a text. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('a JSON document that is read through a mask', () => {
  it('gives what reading the whole and forgetting the rest would give, in whatever pieces it comes', () => {
    fc.assert(
      fc.property(values, masks, sizes, fc.constantFrom(undefined, 1), (value, mask, size, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(kept(text, mask, size)).to.deep.equal(masked(JSON.parse(text), mask));
      }),
      { numRuns: 500 },
    );
  });

  it('is refused exactly where JSON.parse refuses it, also in what nobody wants', () => {
    const edits = fc.array(fc.tuple(fc.nat(200), fc.constantFrom(...'{}[]",:\\0-.e tu'.split(''))), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(values, edits, sizes, (value, changes, size) => {
        let text = JSON.stringify(value);
        for (const [at, letter] of changes) text = text.slice(0, at) + letter + text.slice(at + 1);
        const read = () => kept(text, { none: 'whole' }, size);
        if (isJson(text)) read();
        else expect(read).to.throw(JsonFault);
      }),
      { numRuns: 2000 },
    );
  });

  it('is refused wherever it is cut off', () => {
    const text = '{"a": [1, "x\\u00e4"], "b": {"c": true}}';
    for (let length = 1; length < text.length; length += 1)
      expect(() => kept(text.slice(0, length), 'whole')).to.throw(JsonFault, `after ${length} bytes`);
    expect(kept(text, 'whole')).to.deep.equal(JSON.parse(text));
  });

  for (const [title, text, message] of [
    ['nothing', '', 'is empty'],
    ['HTML', '<!doctype html><p>hunter2', 'is not JSON, from its byte 0 on'],
    ['two documents', '{} {}', 'is not JSON, from its byte 3 on'],
    ['a number that never ends', '1'.repeat(500), 'is of no use: a number in it is too long'],
    ['endless nesting', '['.repeat(2000), 'is of no use: it is nested too deep'],
  ] as const) {
    it(`says what came where it is ${title}, and repeats nothing of it`, () =>
      expect(() => kept(text, { a: 'whole' })).to.throw(JsonFault, message));
  }

  it('keeps no more than it may', () => {
    const text = JSON.stringify({ a: 'x'.repeat(100), b: 'y'.repeat(100_000) });
    expect(kept(text, { a: 'whole' }, 64, 200)).to.deep.equal({ a: 'x'.repeat(100) });
    expect(() => kept(text, { b: 'whole' }, 64, 200)).to.throw(JsonFault, 'more of it would have to be kept');
  });

  it('takes the last of two fields of one name, as JSON.parse does', () =>
    expect(kept('{"a":1,"a":{"b":2}}', { a: { b: 'whole' } })).to.deep.equal({ a: { b: 2 } }));

  it('lets no field name reach the prototype', () => {
    const found = kept('{"__proto__":{"polluted":1},"a":{"constructor":2}}', { a: { b: 'whole' } });
    expect(found).to.deep.equal({ a: {} });
    expect(({} as { polluted?: unknown }).polluted).to.equal(undefined);
  });
});
