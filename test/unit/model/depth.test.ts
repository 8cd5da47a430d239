import { expect } from 'chai';
import { readReview } from '../../../webhook/admission-review.ts';
import { isTooDeep, maxDepth } from '../../../src/model/depth.ts';

function nested(levels: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 0;
  for (let level = 0; level < levels; level += 1) value = wrap(value);
  return value;
}

describe('the depth of an object', () => {
  for (const [title, wrap] of [
    ['objects', (inner: unknown) => ({ inner })],
    ['lists', (inner: unknown) => [inner]],
  ] as const) {
    it(`may be ${maxDepth} levels of ${title}, and no more`, () => {
      expect(isTooDeep(nested(maxDepth, wrap))).to.equal(false);
      expect(isTooDeep(nested(maxDepth + 1, wrap))).to.equal(true);
    });
  }

  it('is told of any depth without running out of stack', () => {
    expect(isTooDeep(nested(200_000, (inner) => [inner]))).to.equal(true);
  });

  describe('makes a review', () => {
    const deep = { inner: nested(maxDepth, (inner) => ({ inner })) };
    const shallow = { inner: 0 };
    const review = (spec: object, old?: object, deletionTimestamp?: string) => ({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: {
        uid: '1',
        operation: old === undefined ? 'CREATE' : 'UPDATE',
        object: { metadata: { name: 'x', ...(deletionTimestamp && { deletionTimestamp }) }, spec },
        ...(old && { oldObject: { metadata: { name: 'x' }, spec: old } }),
      },
    });

    it('unreadable where it comes to be', () => {
      expect(() => readReview(review(deep))).to.throw('more than 256 levels');
      expect(() => readReview(review(deep, shallow))).to.throw('more than 256 levels');
    });
    it('no worse where it was stored before, or is going', () => {
      expect(() => readReview(review(deep, deep))).not.to.throw();
      expect(() => readReview(review(deep, shallow, '2026-01-01T00:00:00Z'))).not.to.throw();
      expect(() => readReview(review(shallow, deep))).not.to.throw();
    });
  });
});
