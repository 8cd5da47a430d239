import { inspect } from 'node:util';
import { expect } from 'chai';
import { Sensitive } from '../../../src/runtime/sensitive.ts';

describe('a sensitive value', () => {
  const value = new Sensitive('hunter2');

  it('is revealed to who asks for it', () => expect(value.reveal()).to.equal('hunter2'));

  for (const [way, shown] of [
    ['as a text', String(value)],
    ['when concatenated', ''.concat(value as unknown as string)],
    ['as JSON', JSON.stringify({ value })],
    ['when inspected', inspect({ value }, { showHidden: true, depth: 9 })],
    ['when joined', [value].join()],
    ['among its own properties', Object.entries(value).join()],
  ] as const) {
    it(`does not show ${way}`, () => expect(shown).to.not.include('hunter2'));
  }
});
