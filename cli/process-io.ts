import { systemClock } from '../src/runtime/clock.ts';
import { untilSignal } from '../src/runtime/lifetime.ts';
import { Exit, exitCode } from './exit-code.ts';
import type { Io } from './io.ts';

/** Where nobody can be asked for the width of the terminal. */
const usualColumns = 80;

/** The streams and signals of this process. */
export function processIo(env: Io['env']): Io {
  const { stdout, stderr } = process;
  const out = untilClosed(stdout);
  return {
    out,
    err: untilClosed(stderr),
    stdin,
    env,
    isTerminal: stdout.isTTY,
    isErrTerminal: stderr.isTTY,
    colour: stdout.isTTY && stdout.hasColors({ ...env }),
    columns: stdout.isTTY ? stdout.columns : usualColumns,
    signal: untilSignal(),
    clock: systemClock,
  };
}

/** Writes to a stream for as long as somebody reads it. Any other failure (a full disk) is the command's failure. */
function untilClosed(stream: NodeJS.WriteStream): (text: string) => void {
  let isClosed = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    isClosed = true;
    if (error.code !== 'EPIPE') process.exitCode = exitCode.failed;
  });
  return (text) => {
    if (!isClosed) stream.write(text);
  };
}

async function stdin(maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes)
      throw new Exit(exitCode.failed, `standard input has more than ${maxBytes / 1024 / 1024} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
