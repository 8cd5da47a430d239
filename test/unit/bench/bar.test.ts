import { expect } from 'chai';
import { short, verdictLine } from '../../bench/bar.ts';

const bar = { name: 'convergence-5000', about: 'a ratio' };

describe('the line of a bar', () => {
  for (const [title, measured, is, limit, line] of [
    ['is met below', 1.42, 'at most', 1.5, 'measured 1.42 bar 1.5 met'],
    ['is met at the bar itself', 1.5, 'at most', 1.5, 'measured 1.5 bar 1.5 met'],
    ['is short above', 1.61, 'at most', 1.5, 'measured 1.61 bar 1.5 short'],
    ['is short by less than its digits show', 1.5001, 'at most', 1.5, 'measured 1.5 bar 1.5 short'],
    ['is met above where at least so much is asked for', 0.7, 'at least', 0.6, 'measured 0.7 bar 0.6 met'],
    [
      'is short below where at least so much is asked for',
      0.5,
      'at least',
      0.6,
      'measured 0.5 bar 0.6 short',
    ],
    ['tells that nothing could be compared', NaN, 'at most', 1.5, 'measured NaN bar 1.5 short'],
  ] as const)
    it(title, () => {
      expect(verdictLine({ ...bar, measured, is, bar: limit })).to.equal(`bar convergence-5000 ${line}`);
    });

  it('writes numbers with the digits that mean something', () => {
    expect([0, 3, 1234.56, 12.345, 1.234, 0.04567].map(short)).to.deep.equal([
      '0',
      '3',
      '1235',
      '12.3',
      '1.23',
      '0.0457',
    ]);
  });
});
