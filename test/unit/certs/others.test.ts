import { expect } from 'chai';
import { certificatesIn } from '../../../certs/bundle.ts';
import { createAuthority } from '../../../certs/material.ts';
import { Others, patienceMs } from '../../../certs/others.ts';

const now = new Date('2026-01-01T00:00:00Z');

async function authority(name: string, lifeMs = 3_600_000): Promise<string> {
  return (await createAuthority({ name, lifeMs, now })).cert;
}

describe('what others put where our CA is to stand', () => {
  let ours: string;
  let theirs: string;
  before(async () => ([ours, theirs] = await Promise.all([authority('ours'), authority('theirs')])));

  const at = (monotonicMs: number) => ({ now, monotonicMs });
  const bare = (bundle: string) => certificatesIn(bundle).map((pem) => pem.replaceAll(/\s/g, ''));

  it('stays beside it', () => {
    expect(bare(new Others().beside(ours, theirs, at(0)))).to.deep.equal(bare(ours + theirs));
  });

  it('is not sorted anew, so that two who keep it in another order leave it alone', () => {
    for (const standing of [ours + theirs, theirs + ours])
      expect(new Others().beside(ours, standing, at(0))).to.equal(standing);
  });

  it('goes after a while', () => {
    const others = new Others();
    const both = others.beside(ours, theirs, at(0));
    expect(others.beside(ours, both, at(patienceMs - 1))).to.equal(both);
    expect(others.beside(ours, both, at(patienceMs))).to.equal(ours);
  });

  it('stays as long again where it is put back, so that two who insist change it seldom', () => {
    const others = new Others();
    const both = others.beside(ours, theirs, at(0));
    others.beside(ours, both, at(patienceMs));
    expect(others.beside(ours, both, at(patienceMs + 1))).to.equal(both);
  });

  it('is taken away where it is over, or no certificate', async () => {
    const over = await authority('over', -1000);
    expect(new Others().beside(ours, over, at(0))).to.equal(ours);
    expect(new Others().beside(ours, 'Cg==', at(0))).to.equal(ours);
  });
});
