import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { pino } from 'pino';
import { GatheredLines } from '../../../src/runtime/gathered-lines.ts';
import { root } from '../../support/root.ts';

function recording() {
  const writes: string[] = [];
  const logger = pino({ base: null }, new GatheredLines({ write: (text) => void writes.push(text) }));
  return { logger, writes };
}

describe('gathered lines', () => {
  it('are written together, in their order, a moment later', async () => {
    const { logger, writes } = recording();
    logger.info('one');
    logger.info('other');
    expect(writes).to.deep.equal([]);
    while (writes.length === 0) await sleep(5);
    expect(writes).to.have.length(1);
    expect(writes[0]).to.match(/"one".*\n.*"other".*\n$/);
  });

  it('are written at once with a warning, which comes last', () => {
    const { logger, writes } = recording();
    logger.info('one');
    logger.warn('trouble');
    expect(writes).to.have.length(1);
    expect(writes[0]).to.match(/"one".*\n.*"trouble".*\n$/);
  });

  it('are written before they become many', () => {
    const { logger, writes } = recording();
    logger.info('x'.repeat(20_000));
    expect(writes).to.have.length(1);
  });

  for (const [how, ending] of [
    ['in good order', ''],
    ['by an error that nobody caught', "throw new Error('unforeseen');"],
    ['by an exit that somebody asked for', 'process.exit(3);'],
  ] as const)
    it(`are not lost where the process ends ${how}`, () => {
      const program = `
        const { createLogger } = await import('${root}src/runtime/logger.ts');
        createLogger({ name: 'test', level: 'info' }).info({}, 'the last word');
        ${ending}`;
      const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
        encoding: 'utf8',
      });
      expect(stdout).to.contain('the last word');
    });
});
