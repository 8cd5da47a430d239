import { expect } from 'chai';
import { WorkQueue } from '../../../controller/queue.ts';
import { ManualClock, settled } from '../manual-clock.ts';

describe('the work queue', () => {
  let clock: ManualClock;
  let queue: WorkQueue;
  let stop: AbortController;
  let done: string[];
  let running: Promise<void>;
  /** Ends the work on a key that is under way. */
  let finish: Map<string, () => void>;

  beforeEach(() => {
    clock = new ManualClock();
    queue = new WorkQueue({ clock });
    stop = new AbortController();
    done = [];
    finish = new Map();
  });
  afterEach(async () => {
    stop.abort();
    for (const end of finish.values()) end();
    await running;
  });

  const work = (workers: number) => {
    running = queue.run(workers, (key) => Promise.resolve(void done.push(key)), stop.signal);
  };
  const workSlowly = (workers: number) => {
    running = queue.run(
      workers,
      async (key) => {
        done.push(key);
        await new Promise<void>((resolve) => finish.set(key, resolve));
      },
      stop.signal,
    );
  };

  it('hands out a key once, however often it is added', async () => {
    for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
    work(1);
    await settled();
    expect(done).to.deep.equal(['a', 'b']);
  });

  it('hands out what people changed before rechecks', async () => {
    queue.add('recheck', 'background');
    queue.add('changed');
    queue.add('promoted', 'background');
    queue.add('promoted');
    work(1);
    await settled();
    expect(done).to.deep.equal(['changed', 'promoted', 'recheck']);
  });

  it('never has two workers on one key, and comes back to one that was added meanwhile', async () => {
    workSlowly(4);
    queue.add('a');
    await settled();
    queue.add('a');
    await settled();
    expect(done).to.deep.equal(['a']);
    finish.get('a')?.();
    await settled();
    expect(done).to.deep.equal(['a', 'a']);
  });

  it('lets no more workers work than it may, and no slow key keep the others waiting', async () => {
    workSlowly(2);
    for (const key of ['slow', 'b', 'c']) queue.add(key);
    await settled();
    expect(done).to.deep.equal(['slow', 'b']);
    finish.get('b')?.();
    await settled();
    expect(done).to.deep.equal(['slow', 'b', 'c']);
  });

  it('hands out a key later, at the earlier of two times, and only once', async () => {
    work(1);
    queue.addAfter('a', 500);
    queue.addAfter('a', 200);
    queue.addAfter('a', 900);
    await clock.advance(199);
    expect(done).to.deep.equal([]);
    await clock.advance(1);
    expect(done).to.deep.equal(['a']);
    await clock.advance(5000);
    expect(done).to.deep.equal(['a']);
  });

  it('forgets a later time when the key is added sooner', async () => {
    work(1);
    queue.addAfter('a', 500);
    queue.add('a');
    await settled();
    await clock.advance(1000);
    expect(done).to.deep.equal(['a']);
  });

  it('ends with its signal, after what is under way', async () => {
    workSlowly(1);
    queue.add('a');
    queue.add('b');
    await settled();
    stop.abort();
    finish.get('a')?.();
    await running;
    expect(done).to.deep.equal(['a']);
  });
});
