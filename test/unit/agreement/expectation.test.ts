import { expect } from 'chai';
import { expectationOf } from '../../agreement/expectation.ts';

describe('the comment at the top of a fixture', () => {
  const comment = (...lines: readonly string[]) =>
    `${lines.map((line) => `# ${line}\n`).join('')}kind: RestApi\n`;

  it('says what is expected, on both generations unless it says otherwise', () => {
    expect(expectationOf(comment('rule: a URL has a host'), 'accepted')).to.deep.equal({
      rule: 'a URL has a host',
      generations: ['v0.9', 'v1'],
      refused: [],
      warned: [],
    });
  });

  it('names generations, violations and the reason for being stricter', () => {
    const said = comment(
      'rule: plans are told apart by name',
      'generations: [v1]',
      'stricter: duplicates',
      'as: developer',
      'refused:',
      '  - "spec: has the plan name"',
    );
    expect(expectationOf(said, 'refused')).to.deep.include({
      generations: ['v1'],
      stricter: 'duplicates',
      as: 'developer',
      refused: ['spec: has the plan name'],
    });
  });

  const faulty: readonly (readonly [string, 'accepted' | 'refused', string, RegExp])[] = [
    ['no rule', 'accepted', comment('generations: [v1]'), /names no rule/],
    ['a word that means nothing', 'accepted', comment('rule: x', 'strict: broken'), /says strict/],
    [
      'a reason that is not on the list',
      'refused',
      comment('rule: x', 'stricter: taste'),
      /"taste", not one of/,
    ],
    [
      'a generation that there is not',
      'accepted',
      comment('rule: x', 'generations: [v2]'),
      /"v2", not one of/,
    ],
    ['no violation among the refused', 'refused', comment('rule: x'), /expects no violation/],
    [
      'violations among the accepted',
      'accepted',
      comment('rule: x', 'refused: ["a: b"]'),
      /expects violations/,
    ],
    ['violations that are no texts', 'refused', comment('rule: x', 'refused: [{a: b}]'), /list of texts/],
  ];
  for (const [what, folder, text, fault] of faulty)
    it(`is refused with ${what}`, () => expect(() => expectationOf(text, folder)).to.throw(fault));
});
