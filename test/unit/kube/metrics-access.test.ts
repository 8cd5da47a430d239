import { expect } from 'chai';
import { KubeError } from '../../../src/kube/kube-error.ts';
import { reviewedAccess } from '../../../src/kube/metrics-access.ts';
import { createLogger } from '../../../src/runtime/logger.ts';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ManualClock } from '../manual-clock.ts';

describe('who may see the metrics', () => {
  let clock: ManualClock;
  let asked: string[];
  let answer: () => Promise<{ allowed: boolean; reason: string }>;
  let log: PassThrough;
  beforeEach(() => {
    clock = new ManualClock();
    asked = [];
    answer = () => Promise.resolve({ allowed: true, reason: '' });
    log = new PassThrough();
  });

  const access = () =>
    reviewedAccess({
      client: {
        tokenReview: (token) => {
          asked.push(token);
          return Promise.resolve({ authenticated: true, user: 'someone', groups: [] });
        },
        subjectAccessReview: () => answer(),
      },
      clock,
      logger: createLogger({ name: 'test', level: 'debug', destination: log }),
    });
  const statusOf = async (admitted: Promise<{ status: number } | undefined>) =>
    (await admitted)?.status ?? 200;

  it('is asked once in ten seconds for each token, however many ask at once', async () => {
    const admit = access();
    await Promise.all([admit('Bearer a'), admit('bearer a'), admit('Bearer b')]);
    await clock.advance(9999);
    await admit('Bearer a');
    expect(asked.toSorted()).to.deep.equal(['a', 'b']);
    await clock.advance(1);
    await admit('Bearer a');
    expect(asked).to.have.length(3);
  });

  it('nobody may while the API server can not be asked, and it is asked again at once; no token is logged', async () => {
    const admit = access();
    const down = new KubeError('could not review access', { status: 0, reason: '', means: 'unavailable' });
    answer = () => Promise.reject(down);
    expect(await statusOf(admit('Bearer secret-token'))).to.equal(503);
    answer = () => Promise.resolve({ allowed: true, reason: '' });
    expect(await statusOf(admit('Bearer secret-token'))).to.equal(200);
    log.end();
    expect(await text(log))
      .to.contain('Could not ask')
      .and.not.contain('secret-token');
  });

  it('is not asked for more than ten tokens at once, and the others are told to come later', async () => {
    const admit = access();
    const gate = Promise.withResolvers<{ allowed: boolean; reason: string }>();
    answer = () => gate.promise;
    const all = Array.from({ length: 12 }, (_, index) => statusOf(admit(`Bearer ${index}`)));
    expect(await Promise.all(all.slice(10))).to.deep.equal([503, 503]);
    gate.resolve({ allowed: true, reason: '' });
    expect(new Set(await Promise.all(all.slice(0, 10)))).to.deep.equal(new Set([200]));
    expect(await statusOf(admit('Bearer 11'))).to.equal(200);
  });

  it('forgets the oldest when a thousand are remembered', async () => {
    const admit = access();
    for (let index = 0; index <= 1000; index += 1) await admit(`Bearer ${index}`);
    await admit('Bearer 1000');
    expect(asked).to.have.length(1001);
    await admit('Bearer 0');
    expect(asked).to.have.length(1002);
  });
});
