import { expect } from 'chai';
import { Room } from '../../../../controller/shards/room.ts';
import { Shares } from '../../../../controller/shards/shares.ts';
import { unending } from '../../../../src/runtime/tenure.ts';
import { ManualClock, settled } from '../../manual-clock.ts';

describe('the room of a replica for shards', () => {
  it('is entered by as many as it has places, and again when one has left', () => {
    const room = new Room();
    room.resize(2);
    const turns = [0, 1, 2].map((shard) => room.turns(shard));
    expect(turns.map((turn) => turn.enter())).to.deep.equal([true, true, false]);
    const changed = turns[2]!.changed();
    turns[0]!.leave();
    expect(changed.aborted).to.equal(true);
    expect(turns[2]!.enter()).to.equal(true);
  });

  it('asks for the last shards back when it becomes smaller, and lets nobody in until they are left', () => {
    const room = new Room();
    room.resize(4);
    const turns = [0, 1, 2, 3].map((shard) => room.turns(shard));
    for (const turn of turns) turn.enter();
    room.resize(2);
    expect([0, 1, 2, 3].map((shard) => room.leaving(shard).aborted)).to.deep.equal([
      false,
      false,
      true,
      true,
    ]);
    room.resize(3);
    turns[3]!.leave();
    expect(turns[3]!.enter()).to.equal(false);
    turns[2]!.leave();
    expect(turns[3]!.enter()).to.equal(true);
  });
});

describe('a shard in the hands of a replica', () => {
  let clock: ManualClock;
  let shares: Shares;
  const alive = new AbortController();

  beforeEach(() => {
    clock = new ManualClock();
    shares = new Shares(1, { clock });
  });

  it('is worked on only while it is held', async () => {
    let done = 0;
    const work = () => {
      done += 1;
      return Promise.resolve();
    };
    await shares.during('shop', 'work', work);
    expect(shares.tenureOf('shop')).to.equal(undefined);
    shares.open(0, unending(alive.signal));
    await shares.during('shop', 'work', work);
    shares.close(0);
    await shares.during('shop', 'work', work);
    expect(done).to.equal(1);
  });

  it('is left when what is under way has come to its end and has been told, and begins nothing new', async () => {
    const share = shares.open(0, unending(alive.signal));
    const order: string[] = [];
    const underWay = Promise.withResolvers<undefined>();
    void shares.during('shop', 'work', async (tenure) => {
      await underWay.promise;
      order.push(`written with ${tenure.remainingMs() > 0 ? 'the' : 'no'} right to`);
    });
    const left = share.drain().then(() => order.push('left'));
    await shares.during('shop', 'work', () => Promise.resolve(order.push('begun')).then(() => undefined));
    await clock.advance(1000);
    underWay.resolve(undefined);
    await settled();
    await shares.during('shop', 'news', () => Promise.resolve(order.push('told')).then(() => undefined));
    await clock.advance(300);
    await left;
    expect(order).to.deep.equal(['written with the right to', 'told', 'left']);
  });

  it('is left all the same when something does not come to its end, which then may write no more', async () => {
    const share = shares.open(0, unending(alive.signal));
    let remaining: number | undefined;
    void shares.during('shop', 'work', async (tenure) => {
      await new Promise((resolve) => tenure.signal.addEventListener('abort', resolve));
      remaining = tenure.remainingMs();
    });
    const left = share.drain();
    await clock.advance(9_000);
    expect(remaining).to.equal(undefined);
    await clock.advance(2_000);
    await left;
    expect(remaining).to.equal(0);
  });
});
