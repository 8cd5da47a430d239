import { expect } from 'chai';
import { parseSecretSource } from '../../../src/model/secret-source.ts';

describe('a secret in a spec', () => {
  const key = { is: 'key', name: 'creds', key: 'token', optional: false };
  const spellings: readonly [string, unknown, unknown][] = [
    ['a plain string', 'abc', { is: 'inline', value: 'abc' }],
    ['{value}', { value: 'abc' }, { is: 'inline', value: 'abc' }],
    ["the platform's flat valueFrom", { valueFrom: { name: 'creds', key: 'token' } }, key],
    ["Kubernetes' secretKeyRef", { valueFrom: { secretKeyRef: { name: 'creds', key: 'token' } } }, key],
    [
      'an optional one',
      { valueFrom: { name: 'creds', key: 'token', optional: true } },
      { ...key, optional: true },
    ],
  ];
  for (const [spelling, input, source] of spellings) {
    it(`is read from ${spelling}`, () => expect(parseSecretSource(input, 'p')).to.deep.equal({ source }));
  }

  const faults: readonly [string, unknown, string, RegExp][] = [
    ['a number', 5, 'p', /must be a string/],
    ['an empty object', {}, 'p', /exactly one of value and valueFrom/],
    ['both sources', { value: 'a', valueFrom: { name: 'a', key: 'b' } }, 'p', /exactly one/],
    [
      'two spellings of one source',
      { valueFrom: { name: 'a', key: 'b', secretKeyRef: {} } },
      'p.valueFrom',
      /exactly one source/,
    ],
    ['no name', { valueFrom: { key: 'b' } }, 'p.valueFrom.name', /must name a Secret/],
    [
      'no key',
      { valueFrom: { secretKeyRef: { name: 'b' } } },
      'p.valueFrom.secretKeyRef.key',
      /must name a key/,
    ],
    [
      'another namespace',
      { valueFrom: { name: 'a', key: 'b', namespace: 'c' } },
      'p.valueFrom.namespace',
      /not allowed/,
    ],
    ['an unknown field', { value: 'a', valueFron: {} }, 'p', /unknown field valueFron/],
  ];
  for (const [fault, input, path, message] of faults) {
    it(`is refused with ${fault}`, () => {
      const parsed = parseSecretSource(input, 'p');
      if (!('faults' in parsed)) throw new Error('it was taken');
      expect(parsed.faults[0]!.path).to.equal(path);
      expect(parsed.faults[0]!.fault).to.match(message);
    });
  }
});
