import { expect } from 'chai';
import { allowed, refused } from '../../../webhook/answer.ts';
import type { AdmissionRequest } from '../../../webhook/admission-review.ts';
import { withinScope } from '../../../webhook/within-scope.ts';

const judged = refused(403, 'judged');
const changed = { ...allowed, patch: [{ op: 'add' }] };
const handlers = { validate: () => Promise.resolve(judged), mutate: () => Promise.resolve(changed) };
const scoped = withinScope(
  { watches: (namespace) => namespace !== 'foreign', isReadable: (namespace) => namespace === 'shop' },
  handlers,
);
const review = (namespace: string, change: Partial<AdmissionRequest> = {}) =>
  ({
    namespace,
    operation: 'CREATE',
    subresource: '',
    object: { metadata: { namespace, name: 'a' } },
    ...change,
  }) as unknown as AdmissionRequest;

describe('a review', () => {
  it('from a watched namespace is judged', async () => {
    expect(await scoped.validate(review('shop'))).to.equal(judged);
    expect(await scoped.mutate(review('shop'))).to.equal(changed);
  });

  it('from any other is admitted as it is, with a warning that it was not judged', async () => {
    const verdict = await scoped.validate(review('foreign'));
    expect(verdict.allowed).to.equal(true);
    expect(verdict.warnings.join()).to.contain('does not watch namespace foreign');
    expect(await scoped.mutate(review('foreign'))).to.equal(allowed);
  });

  it('of a deletion in any other is admitted without a word', async () => {
    expect(await scoped.validate(review('foreign', { operation: 'DELETE' }))).to.equal(allowed);
  });

  it('from a namespace that may not be read is refused with the reason, and may be tried again', async () => {
    const verdict = await scoped.validate(review('unreadable'));
    expect(verdict).to.include({ allowed: false, code: 503 });
    expect(JSON.stringify(verdict)).to.contain('its Role there is missing');
  });

  it('that refuses nothing is never refused for that: deletions, and what is being deleted', async () => {
    const going = {
      metadata: { namespace: 'unreadable', name: 'a', deletionTimestamp: '2026-01-01T00:00:00Z' },
    };
    const update = { operation: 'UPDATE', object: going, old: going } as unknown as Partial<AdmissionRequest>;
    expect(await scoped.validate(review('unreadable', update))).to.equal(judged);
    expect(await scoped.validate(review('unreadable', { operation: 'DELETE' }))).to.equal(judged);
  });
});
