import { expect } from 'chai';
import { callsOf, escaped } from '../../../src/model/expression.ts';

describe('template expressions in a spec', () => {
  const cases: readonly [string, string, readonly [string, string | undefined][]][] = [
    ['a secret', '{{ secret "a" }}', [['secret', 'a']]],
    ['a trimmed one', '{{- secret "a" -}}', [['secret', 'a']]],
    ['a raw string', '{{ secret `a` }}', [['secret', 'a']]],
    [
      'a pipeline',
      '{{ secret "a" | redact }}',
      [
        ['secret', 'a'],
        ['redact', undefined],
      ],
    ],
    [
      'a nested call',
      '{{ printf "%s" (env "HOME") }}',
      [
        ['printf', '%s'],
        ['env', 'HOME'],
      ],
    ],
    [
      'two in one string',
      'a {{ secret "a" }} b {{ env "X" }}',
      [
        ['secret', 'a'],
        ['env', 'X'],
      ],
    ],
    ['a computed name', '{{ secret .Name }}', [['secret', undefined]]],
    ['a literal', '{{ "{{" }}', []],
    ['no expression', 'plain', []],
  ];
  for (const [what, text, calls] of cases) {
    it(`are found in ${what}`, () => {
      expect(callsOf({ a: [text] }).map((call) => [call.function, call.argument])).to.deep.equal(calls);
    });
  }

  it('say where they stand', () =>
    expect(callsOf({ a: [{ b: '{{ env "X" }}' }] })[0]!.path).to.equal('a[0].b'));

  it('call nothing after escaping', () => {
    expect(callsOf({ a: escaped('x {{ secret "a" }} y') }).map((call) => call.function)).to.deep.equal([]);
  });
});
