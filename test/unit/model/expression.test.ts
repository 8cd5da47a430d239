import { expect } from 'chai';
import fc from 'fast-check';
import { callsOf, escaped, templatesOf } from '../../../src/model/expression.ts';

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
    [
      'a computed name',
      '{{ secret .Name }}',
      [
        ['secret', undefined],
        ['.Name', undefined],
      ],
    ],
    [
      'what stands behind braces in a text',
      '{{ printf "}}%s" (env "HOME") }}',
      [
        ['printf', '}}%s'],
        ['env', 'HOME'],
      ],
    ],
    [
      'what stands behind a quote in a text',
      String.raw`{{ printf "\"%s" (env "HOME") }}`,
      [
        ['printf', '"%s'],
        ['env', 'HOME'],
      ],
    ],
    [
      'a variable',
      '{{ $home := env "HOME" }}{{ $home }}',
      [
        ['$home', undefined],
        ['env', 'HOME'],
        ['$home', undefined],
      ],
    ],
    [
      'a condition',
      '{{ if true }}{{ secret "a" }}{{ end }}',
      [
        ['if', undefined],
        ['secret', 'a'],
        ['end', undefined],
      ],
    ],
    ['a name that is piped', '{{ "a" | secret }}', [['secret', undefined]]],
    [
      'an operand',
      '{{ printf "%s" env }}',
      [
        ['printf', '%s'],
        ['env', undefined],
      ],
    ],
    ['a comment', '{{/* env "X" */}}x', []],
    ['what follows a comment', '{{/* }} */}}{{ env "X" }}', [['env', 'X']]],
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

  describe('can not be read', () => {
    const broken: readonly [string, string][] = [
      ['{{ }}', 'is empty'],
      ['{{ "a', 'has a part that can not be read'],
      ['{{ secret "a"', 'is not closed'],
      ['{{ (secret "a" }}', 'has a bracket that is not closed'],
      ['{{ secret "a") }}', 'has a bracket too many'],
      ['{{ "a" "b" }}', 'gives values to what is no function'],
      ['{{ secret "a" | }}', 'is empty'],
      ['{{ secret "a" ; env "b" }}', 'has a part that can not be read'],
    ];
    for (const [text, fault] of broken) {
      it(`in ${text}`, () =>
        expect(templatesOf({ a: text }).unreadable).to.deep.equal([{ path: 'a', fault }]));
    }
  });

  it('are never missed, whatever stands around them', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('{}"`\\\'|()$.:= ab-/*')) }),
        fc.string(),
        (before, after) => {
          // What is in front may swallow the call in a literal or a comment; then nothing is left open either.
          const { calls, unreadable } = templatesOf({ a: `${before}{{ env "X" }}${after}` });
          const isSeen = calls.some((call) => call.function === 'env') || unreadable.length > 0;
          expect(isSeen || before.includes('{{')).to.equal(true);
        },
      ),
    );
  });
});
