import { expect } from 'chai';
import { systemClock } from '../../../src/runtime/clock.ts';
import { Reviewer } from '../../../src/review/reviewer.ts';
import { context, policy, resource, reviewBy, rule, subject, truthOf } from './subjects.ts';

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ method: 'GET', path: `/p${index}` }));

const large = subject(resource('RestApi', { operations: many(500) }));

const loop = (depth: number, inner: string): string =>
  Array.from({ length: depth }).reduce<string>(
    (body, _, index) => `object.spec.operations.all(o${index}, ${body})`,
    inner,
  );

/** Two values that are equal and take 2^depth comparisons to be found so: no step of ours counts that. */
const twins = (depth: number): string => {
  const doubled = (name: string) =>
    Array.from({ length: depth }, (_, index) => {
      const before = index === 0 ? 'object.spec.operations' : `${name}${index - 1}`;
      return `cel.bind(${name}${index}, [${before}, ${before}], `;
    }).join('');
  return `${doubled('a')}${doubled('b')}a${depth - 1} == b${depth - 1}${')'.repeat(2 * depth)}`;
};

/** Expressions that would go on for ever, or for more than there is, and that never end a review. */
const endless: readonly (readonly [what: string, expression: string])[] = [
  ['a cubic loop', loop(3, 'true')],
  [
    'a cubic loop that makes lists',
    `${loop(1, 'true')} && ${loop(2, 'object.spec.operations.map(x, x).size() > 0')}`,
  ],
  [
    'a text that doubles',
    `${Array.from({ length: 40 }, (_, index) => `cel.bind(t${index}, ${index === 0 ? '"abcdefgh"' : `t${index - 1} + t${index - 1}`}, `).join('')}t39 == ""${')'.repeat(40)}`,
  ],
  [
    'a text that is replaced by itself',
    `${'"a".replace("a", "aa")'.repeat(1)}${'.replace("a", "aaaaaaaaaaaaaaaa")'.repeat(12)} == ""`,
  ],
  [
    'lists that hold lists',
    `${Array.from({ length: 3 }).reduce<string>((body) => `object.spec.operations.map(o, ${body})`, '1')}.size() > 0`,
  ],
  ['a comparison without end', twins(40)],
];

describe('a rule that takes too much', () => {
  for (const [what, expression] of endless)
    it(`is given up: ${what}`, async () => {
      const policies = [
        policy([
          rule('true'),
          rule(expression, { name: 'endless' }),
          rule('false', { name: 'last', message: 'no' }),
        ]),
      ];
      const breaches = await reviewBy(policies, large);
      expect(breaches.map(({ rule: name, failed }) => [name, failed])).to.deep.equal([
        ['endless', 'limit'],
        ['last', undefined],
      ]);
    });

  it('keeps nobody else waiting, and is answered again and again', async () => {
    await using reviewer = new Reviewer({ ...context, clock: systemClock });
    reviewer.setPolicies([
      policy([rule(twins(40), { name: 'endless' })], { match: { kinds: ['RestApi'] } }),
      policy([rule('false', { message: 'no' })], { match: { kinds: ['Mcp'] } }, 'other'),
    ]);
    const slow = Promise.all([reviewer.review(large), reviewer.review(large)]);
    const quick = await Promise.all(
      Array.from({ length: 20 }, () => reviewer.review(subject(resource('Mcp')))),
    );
    for (const breaches of quick)
      expect(breaches.map(({ message, failed }) => [message, failed])).to.deep.equal([['no', undefined]]);
    for (const [breach] of await slow) expect(breach).to.include({ rule: 'endless', failed: 'limit' });
    // From now on it has a thread of its own.
    const [again, meanwhile] = await Promise.all([
      reviewer.review(large),
      reviewer.review(subject(resource('Mcp'))),
    ]);
    expect(again[0]?.failed).to.equal('limit');
    expect(meanwhile[0]?.failed).to.equal(undefined);
  });

  it('does not pass for true where an operator swallows errors', async () => {
    expect(await truthOf(`${loop(3, 'true')} || true`, large)).to.match(/takes more than \d+ steps/);
  });
});

describe('a rule that is only much', () => {
  it('is evaluated: five hundred operations with each other', async () => {
    const few = subject(resource('RestApi', { operations: many(200) }));
    expect(await truthOf(loop(2, 'true'), few)).to.equal(true);
  });

  it('is evaluated: an exponential regular expression, which is linear here', async () => {
    const name = `${'a'.repeat(40_000)}!`;
    const of = subject(resource('RestApi', {}, { annotations: { note: name } }));
    expect(await truthOf('!object.metadata.annotations.note.matches("^(a+)+$")', of)).to.equal(true);
    const given = subject(resource('RestApi', {}, { annotations: { note: name, pattern: '^(a+)+$' } }));
    expect(
      await truthOf('!object.metadata.annotations.note.matches(object.metadata.annotations.pattern)', given),
    ).to.equal(true);
  });

  it('is evaluated: a map of ten thousand keys', async () => {
    const labels = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, 'v']));
    const of = subject(resource('RestApi', {}, { annotations: labels }));
    expect(await truthOf('object.metadata.annotations.all(k, k.startsWith("k"))', of)).to.equal(true);
  });
});

describe('a thread that is ended', () => {
  it('is not there while there is no policy, and goes with the last one', async () => {
    await using reviewer = new Reviewer({ ...context, clock: systemClock });
    expect(reviewer.isNeeded).to.equal(false);
    expect(await reviewer.review(large)).to.deep.equal([]);
    reviewer.setPolicies([policy([rule('false')])]);
    expect(await reviewer.review(large)).to.have.length(1);
    reviewer.setPolicies([]);
    expect(await reviewer.review(large)).to.deep.equal([]);
  });

  it('leaves no review without an answer', async () => {
    const reviewer = new Reviewer({ ...context, clock: systemClock });
    reviewer.setPolicies([policy([rule(twins(40))])]);
    const review = reviewer.review(large);
    await reviewer[Symbol.asyncDispose]();
    expect((await review)[0]?.failed).to.equal('limit');
  });
});
