import { expect } from 'chai';
import { reviewActions } from '../../../src/kinds/review-policy.ts';
import { table } from '../../../src/kinds/table.ts';
import { SchemaCheck } from '../../../src/model/checked.ts';
import { sentence } from '../../../src/model/violation.ts';
import { adviceOf, faultsOf } from '../../../src/review/compile.ts';
import { Reviewer } from '../../../src/review/reviewer.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { acting, packRules, type Example } from '../../support/packs.ts';

const context = { table, schemas: new SchemaCheck() };
const rules = packRules();

const subjectOf = ({ manifest }: Example) => ({
  row: table.get(manifest.kind),
  object: { ...manifest, metadata: { ...manifest.metadata, namespace: 'shop' } },
  old: undefined,
  request: undefined,
  namespace: { name: 'shop', labels: {}, annotations: {} },
  selected: [],
  now: new Date(),
});

describe('the packs of review policies', function () {
  this.timeout(30_000);
  const reviewer = new Reviewer({ ...context, clock: systemClock });
  after(() => reviewer[Symbol.asyncDispose]());

  it('are named after their packs, each policy after its rule, and no rule twice', () => {
    for (const { pack, rule, policy } of rules) expect(policy.name).to.equal(`${pack}-${rule}`);
    expect(new Set(rules.map(({ policy }) => policy.name)).size).to.equal(rules.length);
  });

  for (const { pack, rule, policy, examples } of rules) {
    describe(`${pack}: ${rule}`, () => {
      it('compiles, and nobody has any advice', () => {
        expect(faultsOf(policy.spec, context).map(sentence)).to.deep.equal([]);
        expect(adviceOf(policy.spec, { ...context, now: new Date() }).map(sentence)).to.deep.equal([]);
      });

      it('has examples of what it takes and of what it refuses', () => {
        for (const verdict of ['accepted', 'refused'])
          expect(examples.filter((example) => example.verdict === verdict)).not.to.be.empty;
      });

      for (const example of examples) {
        it(example.title, async () => {
          for (const action of reviewActions) {
            reviewer.setPolicies([{ name: policy.name, spec: acting(policy.spec, action) }]);
            const subject = subjectOf(example);
            expect(reviewer.about(subject)).to.deep.equal([policy.name]);
            const breaches = await reviewer.review(subject);
            expect(
              breaches.map(({ failed, message }) => (failed === undefined ? '' : message)).join(''),
            ).to.equal('');
            expect(breaches.map((breach) => breach.action)).to.deep.equal(
              example.verdict === 'refused' ? [action] : [],
            );
            // Words that the policy makes; a general sentence would say that they could not be made.
            for (const { message } of breaches) expect(message).not.to.equal('is not as the rule asks');
          }
        });
      }
    });
  }

  it('repeat no secret in what they say', async () => {
    reviewer.setPolicies(rules.map(({ policy }) => policy));
    for (const example of rules.flatMap(({ examples }) => examples)) {
      const said = JSON.stringify(await reviewer.review(subjectOf(example)));
      expect(said, example.title).not.to.match(/hunter2|sk-not-a-real|a-key-of-more/);
    }
  });
});
