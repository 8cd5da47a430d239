import { existsSync } from 'node:fs';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Holder, withLock } from '../support/cluster/lock.ts';

describe('a lock between processes', () => {
  let folder = '';
  let path = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-lock-'));
    path = join(folder, 'lock');
  });
  afterEach(async () => await rm(folder, { recursive: true, force: true }));

  const holder = (pid: number, host = hostname()): string =>
    JSON.stringify({ pid, host, purpose: 'other work' });
  const done = (): Promise<string> => Promise.resolve('done');

  it('lets one work after the other, and tells the one who waits whom it waits for', async () => {
    const order: string[] = [];
    const met: Holder[] = [];
    const held = Promise.withResolvers<undefined>();
    const first = Promise.withResolvers<undefined>();
    const working = withLock(path, { purpose: 'the first work' }, async () => {
      order.push('first begins');
      held.resolve(undefined);
      await first.promise;
      order.push('first ends');
    });
    await held.promise;
    const onWait = (other: Holder): void => {
      met.push(other);
      first.resolve(undefined);
    };
    await withLock(path, { purpose: 'the second', onWait }, () => Promise.resolve(order.push('second')));
    await working;
    expect(order).to.deep.equal(['first begins', 'first ends', 'second']);
    expect(met).to.deep.equal([{ pid: process.pid, host: hostname(), purpose: 'the first work' }]);
  });

  it('is free again when the work fails', async () => {
    const failing = withLock(path, { purpose: 'fails' }, () => Promise.reject(new Error('no luck')));
    expect(await failing.catch((error: unknown) => (error as Error).message)).to.equal('no luck');
    expect(existsSync(path)).to.be.false;
  });

  it('is taken over when its file makes no sense', async () => {
    await writeFile(path, 'half a');
    expect(await withLock(path, { purpose: 'mine' }, done)).to.equal('done');
  });

  it('is taken over when its holder, on whatever machine, has been silent for more than a minute', async () => {
    await writeFile(path, holder(1, 'elsewhere'));
    const then = new Date(Date.now() - 61_000);
    await utimes(path, then, then);
    expect(await withLock(path, { purpose: 'mine' }, done)).to.equal('done');
  });

  it('is not taken over from a holder that lives, and waiting for it can be given up', async () => {
    await writeFile(path, holder(process.pid));
    const giveUp = new AbortController();
    const options = { purpose: 'mine', signal: giveUp.signal, onWait: () => giveUp.abort() };
    const error: unknown = await withLock(path, options, done).catch((reason: unknown) => reason);
    expect(error).to.have.property('name', 'AbortError');
    expect(existsSync(path)).to.be.true;
  });
});
