import type { Io } from './io.ts';
import { processIo } from './process-io.ts';
import { runProgram } from './program.ts';

/** How long what is left open may keep a process whose command has ended. */
const lingerMs = 1000;

/** The whole of a `main.ts`: runs the command, and makes its ending the exit code of this process. */
export function start(name: string, args: readonly string[], env: Io['env']): void {
  void runProgram(name, args, processIo(env)).then((code) => {
    // A stream that could not be written has said already that it failed.
    process.exitCode ??= code;
    setTimeout(() => process.exit(), lingerMs).unref();
  });
}
