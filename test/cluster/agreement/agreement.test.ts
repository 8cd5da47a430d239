import { expect } from 'chai';
import { table } from '../../../src/kinds/table.ts';
import { readCorpus } from '../../agreement/corpus.ts';
import type { Outcome } from '../../agreement/compare.ts';
import { run } from '../../agreement/run.ts';

/** The first start of all may have to build what the machine does not have. */
const startTimeoutMs = 60 * 60 * 1000;

describe('whatever we admit, the gateways take, and what they refuse we refuse first', () => {
  const fixtures = readCorpus();
  let outcomes: readonly Outcome[] = [];

  before('every file is judged by the webhook and by a gateway of each generation', async function () {
    this.timeout(startTimeoutMs);
    outcomes = await run(fixtures, { step: async (_title, work) => await work() });
  });

  it('is shown by at least 150 files that are refused and 120 that are accepted', () => {
    const count = (folder: string) => fixtures.filter((fixture) => fixture.folder === folder).length;
    expect(count('refused')).to.be.at.least(150);
    expect(count('accepted')).to.be.at.least(120);
  });

  for (const { kind } of table.rows) {
    for (const folder of ['accepted', 'refused'] as const) {
      const own = fixtures.filter((fixture) => fixture.judged.kind === kind && fixture.folder === folder);

      describe(`${kind}, ${folder}`, () => {
        it('has files', () => expect(own).not.to.be.empty);

        for (const fixture of own) {
          it(`${fixture.expectation.rule} (${fixture.file.split('/').at(-1) ?? ''})`, () => {
            const mine = outcomes.filter(({ judged }) => judged.fixture === fixture);
            expect(mine, 'nobody judged it').not.to.be.empty;
            const said = mine.flatMap(({ judged, disagreements }) =>
              disagreements.map((text) => `on ${judged.generation}: ${text}`),
            );
            expect(said).to.deep.equal([]);
          });
        }
      });
    }
  }
});
