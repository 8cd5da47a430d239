import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Deadline } from '../../../src/runtime/deadline.ts';

describe('a deadline', () => {
  it('aborts when its time is up, and says so', async () => {
    using deadline = new Deadline(5, [new AbortController().signal]);
    await sleep(50);
    expect(deadline.signal.reason).to.have.property('name', 'TimeoutError');
    expect([deadline.isOver, deadline.caller]).to.deep.equal([true, undefined]);
  });

  it('aborts with whoever calls it off, for his reason', () => {
    const [one, other] = [new AbortController(), new AbortController()];
    using deadline = new Deadline(60_000, [one.signal, other.signal]);
    expect(deadline.signal.aborted).to.equal(false);
    const why = new Error('enough');
    other.abort(why);
    expect(deadline.signal.reason).to.equal(why);
    expect([deadline.isOver, deadline.caller]).to.deep.equal([false, other.signal]);
  });

  it('is over at once where it was called off before', () => {
    using deadline = new Deadline(60_000, [AbortSignal.abort('before')]);
    expect(deadline.signal.reason).to.equal('before');
  });

  it('leaves nothing behind once it is let go', async () => {
    const { signal } = new AbortController();
    const aborted = (() => {
      using deadline = new Deadline(5, [signal]);
      return deadline.signal;
    })();
    await sleep(50);
    expect([getEventListeners(signal, 'abort').length, aborted.aborted]).to.deep.equal([0, false]);
  });
});
