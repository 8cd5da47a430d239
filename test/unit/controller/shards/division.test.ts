import { expect } from 'chai';
import { fairShare, type Member } from '../../../../controller/shards/fair-share.ts';
import { shardOf } from '../../../../controller/shards/shard-of.ts';

describe('the shard of a key', () => {
  // Computed with coreutils: printf %s shop | sha256sum | head -c 8
  for (const [key, shards, expected] of [
    ['shop', 4, 3],
    ['shop', 7, 0],
    ['gateways/main', 4, 1],
    ['münchen', 64, 31],
  ] as const) {
    it(`is ${expected} of ${shards} for ${key}, and stays so`, () => {
      expect(shardOf(key, shards)).to.equal(expected);
    });
  }

  it('is the only one where there is one', () => {
    expect(shardOf('anything', 1)).to.equal(0);
  });

  it('takes about as many keys as any other', () => {
    const counts = Array.from({ length: 8 }, () => 0);
    for (let index = 0; index < 8000; index += 1) counts[shardOf(`team-${index}`, 8)]! += 1;
    expect(Math.min(...counts)).to.be.greaterThan(900);
    expect(Math.max(...counts)).to.be.lessThan(1100);
  });
});

describe('the fair share of a replica', () => {
  const members = (...names: readonly string[]): readonly Member[] =>
    names.map((identity, index) => ({ identity, since: `2026-01-01T00:00:0${index}Z` }));
  const shares = (shards: number, all: readonly Member[]) =>
    all.map(({ identity }) => fairShare(identity, all, shards));

  for (const [shards, replicas, expected] of [
    [4, 1, [4]],
    [4, 2, [2, 2]],
    [4, 3, [2, 1, 1]],
    [5, 3, [2, 2, 1]],
    [2, 3, [1, 1, 0]],
  ] as const) {
    it(`is ${expected.join(', ')} of ${shards} shards for ${replicas}, the oldest first`, () => {
      const all = members('c', 'b', 'a').slice(0, replicas);
      expect(shares(shards, all)).to.deep.equal(expected);
      expect(shares(shards, all.toReversed()).toReversed()).to.deep.equal(expected);
    });
  }

  it('is the same for the others when a younger one goes and another comes', () => {
    const before = members('a', 'b', 'c');
    const after = [...before.slice(0, 2), { identity: '0', since: '2026-01-02T00:00:00Z' }];
    for (const identity of ['a', 'b'])
      expect(fairShare(identity, after, 5)).to.equal(fairShare(identity, before, 5));
  });

  it('divides everything, however many there are', () => {
    for (let count = 1; count <= 9; count += 1) {
      const all = members(...Array.from({ length: count }, (_, index) => `replica-${index}`));
      expect(shares(16, all).reduce((sum: number, share) => sum + (share ?? 0), 0)).to.equal(16);
    }
  });

  it('is none for one who is no member', () => {
    expect(fairShare('x', members('a'), 4)).to.equal(undefined);
  });
});
