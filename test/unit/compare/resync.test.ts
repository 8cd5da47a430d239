import { expect } from 'chai';
import { resyncMoment, resyncOf, resyncText } from '../../../src/compare/resync.ts';
import { annotation } from '../../../src/model/annotations.ts';

const [noon, one] = ['2026-01-01T12:00:00.000Z', '2026-01-01T13:00:00.000Z'];
const asking = (text?: string) => ({
  metadata: { annotations: text === undefined ? {} : { [annotation.resyncAt]: text } },
});

describe('a wish to have the gateways compared once more', () => {
  for (const [says, chain, done, wish] of [
    ['is none where nobody has it', [asking(), undefined], undefined, undefined],
    ['is the annotation, until that was followed', [asking(noon)], undefined, { text: noon, force: false }],
    ['is followed once', [asking(noon)], noon, undefined],
    [
      'is told by the latest, wherever it stands',
      [asking(noon), asking(one)],
      noon,
      { text: one, force: false },
    ],
    ['does not come back when the latest is taken away', [asking(noon), asking()], one, undefined],
    ['may insist', [asking(`${noon} Force`)], undefined, { text: `${noon} Force`, force: true }],
    ['is not told by what is no moment', [asking('now')], undefined, undefined],
    ['is told anew where what was followed is no moment', [asking(noon)], 'x', { text: noon, force: false }],
  ] as const) {
    it(says, () => expect(resyncOf(chain, done)).to.deep.equal(wish));
  }

  it('reads what it writes', () => {
    expect(resyncMoment(resyncText(new Date(noon), true))).to.equal(Date.parse(noon));
  });
});
