import { expect } from 'chai';
import { alternately, median, medianRatio, quantile } from '../../bench/statistics.ts';

describe('the arithmetic of the bench', () => {
  it('takes the middle one of an odd number, and the mean of the two middle ones of an even number', () => {
    expect(median([9, 1, 5])).to.equal(5);
    expect(median([9, 1, 5, 3])).to.equal(4);
    expect(median([7])).to.equal(7);
  });

  it('leaves what it is given in its order', () => {
    const values = [3, 1, 2];
    median(values);
    quantile(values, 0.5);
    expect(values).to.deep.equal([3, 1, 2]);
  });

  it('takes for a quantile the smallest value that so large a share does not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(quantile(hundred, 0.99)).to.equal(99);
    expect(quantile(hundred, 0.5)).to.equal(50);
    expect(quantile(hundred, 1)).to.equal(100);
    expect(quantile(hundred, 0)).to.equal(1);
    expect(quantile([42], 0.99)).to.equal(42);
  });

  it('has no answer where nothing was measured', () => {
    expect(() => median([])).to.throw('nothing');
    expect(() => quantile([], 0.5)).to.throw('nothing');
  });

  it('compares what was measured in the same round, so that a slow round counts for both', () => {
    // The medians alone would say 20 / 10.
    expect(medianRatio([12, 60, 20], [10, 50, 10])).to.equal(1.2);
    expect(() => medianRatio([1], [1, 2])).to.throw('1 rounds');
  });

  it('lets the contenders take turns', async () => {
    const order: string[] = [];
    const turn = (name: string) => (round: number) => {
      order.push(`${name}${round}`);
      return Promise.resolve(round);
    };
    const measured = await alternately(2, { ours: turn('ours'), floor: turn('floor') });
    expect(order).to.deep.equal(['ours0', 'floor0', 'ours1', 'floor1']);
    expect(measured).to.deep.equal({ ours: [0, 1], floor: [0, 1] });
  });
});
