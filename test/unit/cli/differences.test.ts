import { expect } from 'chai';
import { differences } from '../../../cli/doctor/differences.ts';

const schema = (spec: object) => ({
  openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: spec } } },
});
const text = { type: 'string', description: 'A text.' };

describe('the differences of two schemas', () => {
  for (const [says, wanted, is, paths] of [
    ['are none between equal ones', { a: text }, { a: text }, []],
    ['are not in what is said for people', { a: text }, { a: { ...text, description: 'Another.' } }, []],
    ['name a field that is missing', { a: text, b: text }, { a: text }, ['spec.b']],
    ['name a field that is more', { a: text }, { a: text, b: text }, ['spec.b']],
    ['name a field of another type', { a: text }, { a: { type: 'integer' } }, ['spec.a.type']],
    [
      'look into lists',
      { a: { type: 'array', items: { type: 'object', properties: { b: text } } } },
      { a: { type: 'array', items: { type: 'object', properties: {} } } },
      ['spec.a[].b'],
    ],
    ['see a field that is called description', { description: text }, {}, ['spec.description']],
    [
      'see another set of words',
      { a: { ...text, enum: ['x'] } },
      { a: { ...text, enum: ['x', 'y'] } },
      ['spec.a.enum'],
    ],
  ] as const) {
    it(says, () => expect(differences(schema(wanted), schema(is))).to.deep.equal(paths));
  }
});
