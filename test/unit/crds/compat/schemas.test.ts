import { expect } from 'chai';
import { schemaNarrowings } from '../../../../crds/compat/compare-schemas.ts';
import type { Schema } from '../../../../crds/compat/schema.ts';

const text: Schema = { type: 'string' };
const keep = 'x-kubernetes-preserve-unknown-fields';
const rule = (...rules: readonly string[]): Schema => ({
  'x-kubernetes-validations': rules.map((one) => ({ rule: one })),
});
const object = (properties: Readonly<Record<string, Schema>>, more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  ...more,
});

type Case = readonly [says: string, before: Schema, after: Schema, pointer: string];

describe('a schema of a released CRD can not', () => {
  const cases: readonly Case[] = [
    ['lose a field', object({ a: text }), object({}), '/properties/a'],
    [
      'lose a field far below',
      object({ a: object({ b: text }) }),
      object({ a: object({}) }),
      '/properties/a/properties/b',
    ],
    ['lose a field of items', { items: object({ a: text }) }, { items: object({}) }, '/items/properties/a'],
    ['lose a field with a slash in its name', object({ 'a/b~c': text }), object({}), '/properties/a~1b~0c'],
    ['change a type', object({ a: text }), object({ a: { type: 'integer' } }), '/properties/a/type'],
    ['give a type to what had none', {}, text, '/type'],
    ['take fractions away', { type: 'number' }, { type: 'integer' }, '/type'],
    ['take numbers away', { 'x-kubernetes-int-or-string': true }, text, '/type'],
    ['take null away', { nullable: true }, {}, '/nullable'],
    ['lose a value', { enum: ['a', 'b'] }, { enum: ['a'] }, '/enum'],
    ['name the only values', text, { ...text, enum: ['a'] }, '/enum'],
    ['lower a greatest value', { maximum: 5 }, { maximum: 4 }, '/maximum'],
    ['have a greatest value', {}, { maximum: 4 }, '/maximum'],
    ['exclude a greatest value', { maximum: 5 }, { maximum: 5, exclusiveMaximum: true }, '/exclusiveMaximum'],
    ['raise a least value', { minimum: 1 }, { minimum: 2 }, '/minimum'],
    ['have a least value', {}, { minimum: 0 }, '/minimum'],
    ['exclude a least value', { minimum: 1 }, { minimum: 1, exclusiveMinimum: true }, '/exclusiveMinimum'],
    ['lower a greatest length', { maxLength: 20 }, { maxLength: 10 }, '/maxLength'],
    ['have a greatest length', {}, { maxLength: 10 }, '/maxLength'],
    ['raise a least length', {}, { minLength: 1 }, '/minLength'],
    ['take fewer items', { maxItems: 5 }, { maxItems: 4 }, '/maxItems'],
    ['want more items', { minItems: 1 }, { minItems: 2 }, '/minItems'],
    ['take fewer fields', { maxProperties: 5 }, { maxProperties: 4 }, '/maxProperties'],
    ['want more fields', {}, { minProperties: 1 }, '/minProperties'],
    ['want multiples of another number', { multipleOf: 2 }, { multipleOf: 4 }, '/multipleOf'],
    ['want items to differ', {}, { uniqueItems: true }, '/uniqueItems'],
    ['have a pattern', {}, { pattern: '^a' }, '/pattern'],
    ['have another pattern', { pattern: '^a' }, { pattern: '^[ab]' }, '/pattern'],
    ['have a format', {}, { format: 'date-time' }, '/format'],
    ['have another format', { format: 'int64' }, { format: 'int32' }, '/format'],
    [
      'want a field that was not wanted',
      object({ a: text }),
      object({ a: text }, { required: ['a'] }),
      '/required',
    ],
    ['want a new field', object({}), object({ a: text }, { required: ['a'] }), '/required'],
    [
      'lose the default of a field that it wants',
      object({ a: { ...text, default: 'x' } }, { required: ['a'] }),
      object({ a: text }, { required: ['a'] }),
      '/required',
    ],
    ['have a new rule', rule('self > 1'), rule('self > 1', 'self < 9'), '/x-kubernetes-validations/1'],
    ['have another rule', rule('self > 1'), rule('self > 2'), '/x-kubernetes-validations/0'],
    [
      'merge a list otherwise',
      { 'x-kubernetes-list-type': 'map' },
      { 'x-kubernetes-list-type': 'atomic' },
      '/x-kubernetes-list-type',
    ],
    ['make a set of a list', {}, { 'x-kubernetes-list-type': 'set' }, '/x-kubernetes-list-type'],
    [
      'tell items apart by other keys',
      { 'x-kubernetes-list-map-keys': ['a'] },
      { 'x-kubernetes-list-map-keys': ['a', 'b'] },
      '/x-kubernetes-list-map-keys',
    ],
    ['merge a map otherwise', {}, { 'x-kubernetes-map-type': 'atomic' }, '/x-kubernetes-map-type'],
    ['want whole objects', {}, { 'x-kubernetes-embedded-resource': true }, '/x-kubernetes-embedded-resource'],
    ['drop what it kept', object({}, { [keep]: true }), object({}), `/${keep}`],
    [
      'judge what it kept unseen',
      object({}, { [keep]: true }),
      object({ a: text }, { [keep]: true }),
      '/properties/a/type',
    ],
    ['drop fields of any name', { additionalProperties: text }, {}, '/additionalProperties'],
    [
      'judge fields of any name more strictly',
      { additionalProperties: text },
      { additionalProperties: { ...text, maxLength: 3 } },
      '/additionalProperties/maxLength',
    ],
    [
      'judge fields that could be anything',
      { additionalProperties: true },
      { additionalProperties: text },
      '/additionalProperties/type',
    ],
    ['have a further condition', { allOf: [text] }, { allOf: [text, { minLength: 1 }] }, '/allOf'],
    ['lose an alternative', { anyOf: [text, { minimum: 1 }] }, { anyOf: [text] }, '/anyOf'],
    ['have alternatives where there were none', {}, { anyOf: [text] }, '/anyOf'],
    ['have other alternatives of which one must hold', { oneOf: [text] }, { oneOf: [text, {}] }, '/oneOf'],
    ['exclude something', {}, { not: { enum: ['a'] } }, '/not'],
    ['say something that nobody knows', {}, { surprise: 1 } as Schema, '/surprise'],
  ];
  for (const [says, before, after, pointer] of cases)
    it(says, () => {
      const found = schemaNarrowings(before, after, '');
      expect(found.map((one) => one.pointer)).to.deep.equal([pointer]);
      expect(found[0]?.says).to.match(/\w/);
    });

  it('do several of these unseen', () => {
    const before = object({ a: { ...text, maxLength: 9 }, b: text });
    const after = object({ a: { type: 'integer', maxLength: 8 } });
    const pointers = schemaNarrowings(before, after, '/s').map(({ pointer }) => pointer);
    expect(pointers).to.deep.equal(['/s/properties/a/type', '/s/properties/a/maxLength', '/s/properties/b']);
  });
});

describe('a schema of a released CRD can', () => {
  const cases: readonly (readonly [says: string, before: Schema, after: Schema])[] = [
    ['stay as it is', object({ a: text }, { required: ['a'] }), object({ a: text }, { required: ['a'] })],
    ['have another description', { description: 'a' } as Schema, { description: 'b' } as Schema],
    ['have a new field', object({}), object({ a: { ...text, maxLength: 3 } })],
    ['let go of a type', text, { [keep]: true }],
    ['take fractions', { type: 'integer' }, { type: 'number' }],
    ['take numbers beside texts', text, { 'x-kubernetes-int-or-string': true }],
    ['take null', {}, { nullable: true }],
    ['have a new value', { enum: ['a'] }, { enum: ['a', 'b'] }],
    ['take any value', { enum: ['a'] }, {}],
    ['raise a greatest value', { maximum: 4 }, { maximum: 5 }],
    ['include a greatest value', { maximum: 4, exclusiveMaximum: true }, { maximum: 4 }],
    ['have a greater limit that is excluded', { maximum: 4 }, { maximum: 5, exclusiveMaximum: true }],
    ['lower a least value', { minimum: 2 }, { minimum: 1 }],
    ['let go of a least value', { minimum: 2 }, {}],
    ['take longer texts', { maxLength: 4 }, { maxLength: 5 }],
    ['say that a length is at least nothing', {}, { minLength: 0 }],
    ['take more items', { maxItems: 4 }, {}],
    ['want fewer items', { minItems: 4 }, { minItems: 3 }],
    ['take more fields', { maxProperties: 4 }, { maxProperties: 5 }],
    ['want multiples of a divisor', { multipleOf: 4 }, { multipleOf: 2 }],
    ['let items repeat', { uniqueItems: true }, {}],
    ['let go of a pattern', { pattern: '^a' }, {}],
    ['let go of a format', { format: 'date-time' }, {}],
    ['take longer numbers', { format: 'int32' }, { format: 'int64' }],
    ['do without a field', object({ a: text }, { required: ['a'] }), object({ a: text })],
    [
      'want a field that has a default',
      object({}),
      object({ a: { ...text, default: 'x' } }, { required: ['a'] }),
    ],
    ['have another default', { default: 1 }, { default: 2 }],
    ['let go of a rule', rule('self > 1', 'self < 9'), rule('self < 9')],
    ['say that a list is what it is by itself', {}, { 'x-kubernetes-list-type': 'atomic' }],
    ['keep what is not named', object({}), object({}, { [keep]: true })],
    ['take fields of any name', object({}), object({}, { additionalProperties: text })],
    [
      'take what was a field among those of any name',
      object({ a: text }),
      { type: 'object', additionalProperties: text },
    ],
    ['let go of a condition', { allOf: [text, { minLength: 1 }] }, { allOf: [text] }],
    ['have a further alternative', { anyOf: [text] }, { anyOf: [{ minimum: 1 }, text] }],
    ['let go of alternatives', { oneOf: [text] }, {}],
    ['exclude nothing any more', { not: text }, {}],
  ];
  for (const [says, before, after] of cases)
    it(says, () => expect(schemaNarrowings(before, after, '')).to.deep.equal([]));
});
