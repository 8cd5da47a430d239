import { expect } from 'chai';
import { waitLeftMs } from '../../../controller/status/deadline.ts';

describe('the wait of a deletion', () => {
  const deleted = '2026-01-01T00:00:00Z';
  const after = (seconds: number) => new Date(Date.parse(deleted) + seconds * 1000);

  it('has no end where no end is set', () => {
    expect(waitLeftMs(deleted, undefined, after(10 * 365 * 86_400))).to.equal(Infinity);
  });

  it('has not begun where nothing is deleted', () => {
    expect(waitLeftMs(undefined, 60_000, after(0))).to.equal(Infinity);
  });

  it('is what is left of the time since the deletion', () => {
    expect(waitLeftMs(deleted, 60_000, after(0))).to.equal(60_000);
    expect(waitLeftMs(deleted, 60_000, after(59))).to.equal(1000);
    expect(waitLeftMs(deleted, 60_000, after(60))).to.equal(0);
    expect(waitLeftMs(deleted, 60_000, after(3600))).to.equal(0);
  });
});
