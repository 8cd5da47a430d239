import { expect } from 'chai';
import { backoffMs } from '../../../src/runtime/backoff.ts';

describe('the backoff', () => {
  const options = { baseMs: 100, capMs: 5000 };

  it('doubles with every failure, up to its cap', () => {
    const bounds = [1, 2, 3, 6, 7, 100, 5000].map((attempt) => backoffMs(attempt, options, () => 1));
    expect(bounds).to.deep.equal([100, 200, 400, 3200, 5000, 5000, 5000]);
  });

  it('is anything between nothing and its bound', () => {
    expect(backoffMs(3, options, () => 0)).to.equal(0);
    expect(backoffMs(3, options, () => 0.5)).to.equal(200);
  });
});
