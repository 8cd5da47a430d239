import { expect } from 'chai';
import { retryAfterMs } from '../../../src/gateway/retry-after.ts';

describe('the time that a gateway asks to wait', () => {
  const now = new Date('2026-01-01T00:00:00Z');
  const cases: readonly (readonly [string, string | undefined, number | undefined])[] = [
    ['a number of seconds', '7', 7000],
    ['a date', 'Thu, 01 Jan 2026 00:01:30 GMT', 90_000],
    ['nothing where the date is over', 'Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['never more than ten minutes, in seconds', '99999999999999999999', 600_000],
    ['never more than ten minutes, as a date', 'Fri, 01 Jan 2027 00:00:00 GMT', 600_000],
    ['not known where it is neither', 'soon', undefined],
    ['not known where it is not said', undefined, undefined],
  ];
  for (const [says, header, ms] of cases)
    it(`is ${says}`, () => expect(retryAfterMs(header, now)).to.equal(ms));
});
