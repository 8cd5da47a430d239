import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { createLogger, type LogLevel } from '../../../src/runtime/logger.ts';

function recording(level: LogLevel = 'info') {
  const destination = new PassThrough();
  const logger = createLogger({ name: 'test', level, destination });
  const lines = () =>
    String(destination.read() ?? '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { logger, lines };
}

describe('the logger', () => {
  it('writes a line of JSON with the fields and the message', () => {
    const { logger, lines } = recording();
    logger.child({ component: 'c' }).warn({ kind: 'RestApi', name: 'books' }, 'a constant sentence');
    const [line] = lines();
    expect(line).to.deep.include({
      level: 'warn',
      process: 'test',
      component: 'c',
      kind: 'RestApi',
      name: 'books',
      msg: 'a constant sentence',
    });
  });

  it('writes nothing below its level', () => {
    const { logger, lines } = recording('warn');
    logger.info({}, 'not heard');
    expect(lines()).to.deep.equal([]);
  });

  it('tells of an error with its causes, and with a stack only if nobody foresaw it', () => {
    const { logger, lines } = recording();
    const cause = new Error('the socket broke');
    logger.error({ error: new Error('could not write', { cause }) }, 'unforeseen');
    logger.error({ error: Object.assign(new Error('could not write'), { means: 'conflict' }) }, 'foreseen');
    const [unforeseen, foreseen] = lines().map((line) => line.error as Record<string, unknown>);
    expect(unforeseen).to.deep.include({ message: 'could not write: the socket broke' });
    expect(unforeseen).to.have.property('stack');
    expect(foreseen).to.deep.equal({ name: 'Error', message: 'could not write', means: 'conflict' });
  });
});
