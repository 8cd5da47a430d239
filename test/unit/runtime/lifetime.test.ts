import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { all } from '../../../src/runtime/lifetime.ts';
import { systemClock } from '../../../src/runtime/clock.ts';

describe('tasks that run side by side', () => {
  const patient = (log: string[]) => async (signal: AbortSignal) => {
    await systemClock.sleep(60_000, signal);
    log.push('ended');
  };

  it('end together when the signal aborts', async () => {
    const log: string[] = [];
    const life = new AbortController();
    const running = all(life.signal, [patient(log), patient(log)]);
    life.abort();
    await running;
    expect(log).to.deep.equal(['ended', 'ended']);
  });

  it('are aborted and waited for when one of them fails, and its error is thrown', async () => {
    const log: string[] = [];
    const failing = () => Promise.reject(new Error('a fault'));
    const outcome = await all(new AbortController().signal, [patient(log), failing]).catch(String);
    expect(outcome).to.equal('Error: a fault');
    expect(log).to.deep.equal(['ended']);
  });

  it('go on when one of them ends well', async () => {
    const log: string[] = [];
    const life = new AbortController();
    const running = all(life.signal, [patient(log), () => Promise.resolve()]);
    await systemClock.sleep(20);
    expect(log).to.deep.equal([]);
    life.abort();
    await running;
  });
});

describe('a main function', () => {
  const program = fileURLToPath(new URL('./main-program.ts', import.meta.url));

  async function run(mode: string, ...signals: readonly NodeJS.Signals[]) {
    const child = spawn(process.execPath, [program, mode]);
    let output = '';
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const signal = signals[output.trim().split('\n').length - 1];
      if (signal !== undefined) child.kill(signal);
    });
    const [code] = (await once(child, 'close')) as [number];
    return { code, output, errors };
  }

  it('ends in good order, with 0, when a signal arrives', async () => {
    expect(await run('obedient', 'SIGTERM')).to.deep.equal({
      code: 0,
      output: 'running\nstopping\n',
      errors: '',
    });
  });

  it('is cut short by a second signal', async () => {
    expect((await run('stubborn', 'SIGINT', 'SIGINT')).code).to.equal(130);
  });

  it('ends with 2 and all mistakes when the settings are wrong', async () => {
    const { code, errors } = await run('misconfigured');
    expect(code).to.equal(2);
    expect(errors).to.equal('test: the settings are not valid:\n  A: is wrong\n  B: is wrong too\n');
  });

  it('ends with 1 and one line when something foreseen fails', async () => {
    const { code, errors } = await run('refused');
    expect(code).to.equal(1);
    expect(errors).to.equal('test: could not start because the port is taken\n');
  });

  it('ends with 1 and a stack when something else fails', async () => {
    const { code, errors } = await run('broken');
    expect(code).to.equal(1);
    expect(errors).to.match(/^test: TypeError: .*\n\s+at /);
  });
});
