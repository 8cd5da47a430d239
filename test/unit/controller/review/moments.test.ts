import { expect } from 'chai';
import { nextMoment } from '../../../../controller/review/exceptions.ts';
import { Moments } from '../../../../controller/review/moments.ts';
import { ManualClock } from '../../manual-clock.ts';

const day = 86_400_000;

describe('the moments at which a policy says something else', () => {
  const now = new Date('2026-06-01T00:00:00Z');
  const specOf = (...expires: string[]) => ({
    exceptions: expires.map((at) => ({ reason: 'r', expires: at })),
  });

  it('are the ends of its exceptions, and a week before each', () => {
    expect(nextMoment([specOf('2026-06-20T00:00:00Z')], now)?.toISOString()).to.equal(
      '2026-06-13T00:00:00.000Z',
    );
    expect(nextMoment([specOf('2026-06-05T00:00:00Z')], now)?.toISOString()).to.equal(
      '2026-06-05T00:00:00.000Z',
    );
  });

  it('are none where everything is over or nobody can tell', () => {
    expect(nextMoment([specOf('2026-05-01T00:00:00Z', 'tomorrow'), {}, undefined], now)).to.equal(undefined);
  });

  it('have everything reviewed anew, each once', async () => {
    const clock = new ManualClock();
    let passed = 0;
    const moments = new Moments({ clock, passed: () => void (passed += 1) });
    moments.of([specOf(new Date(clock.now().getTime() + 90_000).toISOString())]);
    const stop = new AbortController();
    const running = moments.run(stop.signal);
    await clock.advance(60_000);
    expect(passed).to.equal(0);
    await clock.advance(31_000);
    expect(passed).to.equal(1);
    await clock.advance(60_000);
    expect(passed).to.equal(1);
    await clock.advance(day / 12);
    expect(passed, 'the hours pass, too').to.be.greaterThan(1);
    stop.abort();
    await clock.advance(1000);
    await running;
  });
});
