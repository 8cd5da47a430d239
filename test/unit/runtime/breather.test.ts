import { expect } from 'chai';
import { Breather } from '../../../src/runtime/breather.ts';

describe('a breather', () => {
  it('lets timers and sockets have their turn in a loop that awaits nothing else', async () => {
    const turns: string[] = [];
    setTimeout(() => turns.push('timer'), 1);
    const breather = new Breather();
    const until = performance.now() + 10_000;
    while (turns.length === 0 && performance.now() < until) await breather.pause();
    expect(turns).to.deep.equal(['timer']);
  });
});
