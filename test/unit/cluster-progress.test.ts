import { mock } from 'node:test';
import { expect } from 'chai';
import { progressOn } from '../support/cluster/progress.ts';

describe('the progress of a build', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setInterval', 'Date'] }));
  afterEach(() => mock.timers.reset());

  function watched(isTTY: boolean) {
    const written: string[] = [];
    const terminal = { isTTY, columns: 60, write: (text: string) => written.push(text) };
    return { written, progress: progressOn(terminal)('building kubectl v1.36.3', 420) };
  }

  it('is a line every 15 seconds in a log: what, how long so far, what to expect, what is going on', () => {
    const { written, progress } = watched(false);
    progress.update('k8s.io/api');
    mock.timers.tick(15_000);
    mock.timers.tick(15_000);
    progress.end();
    expect(written).to.deep.equal([
      'building kubectl v1.36.3: 0 s so far, up to 7 min the first time on 2 cores\n',
      'building kubectl v1.36.3: 15 s so far, up to 7 min the first time on 2 cores (k8s.io/api)\n',
      'building kubectl v1.36.3: 30 s so far, up to 7 min the first time on 2 cores (k8s.io/api)\n',
      'building kubectl v1.36.3: ended after 30 s\n',
    ]);
  });

  it('is one line on a terminal, rewritten every second and never wider than the terminal', () => {
    const { written } = watched(true);
    mock.timers.tick(1_000);
    mock.timers.tick(1_000);
    expect(written).to.have.lengthOf(3);
    for (const text of written) {
      expect(text.startsWith('\r\u001b[K')).to.be.true;
      expect(text).not.to.contain('\n');
      expect(text.length).to.be.at.most(4 + 59);
    }
  });
});
