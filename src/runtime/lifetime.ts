import { errorText } from './describe-error.ts';
import { SettingsError } from './settings.ts';

/** How long what is left open may keep a process whose main function has ended. */
const lingerMs = 5000;

/** Whether a signal has aborted by now: the compiler takes its state for unchanged across an `await`. */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Why a process is to end. */
export class SignalReceived extends Error {
  override readonly name = 'SignalReceived';
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`received ${signal}`);
    this.signal = signal;
  }
}

/** Aborts, with a `SignalReceived`, at SIGTERM or SIGINT. A second one ends the process at once, for the person who is tired of waiting. */
export function untilSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
    controller.abort(new SignalReceived(name));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  return controller.signal;
}

/**
 * The whole of a `main.ts`: runs `main` until it ends or a signal arrives, and turns its ending into an exit code.
 * A mistake in the settings is 2, any other failure 1; both are written to standard error.
 */
export function runMain(name: string, main: (signal: AbortSignal) => Promise<void>): void {
  const end = (code: number) => {
    process.exitCode = code;
    setTimeout(() => process.exit(code), lingerMs).unref();
  };
  main(untilSignal()).then(
    () => end(0),
    (error: unknown) => {
      const known = error instanceof SettingsError || (error instanceof Error && 'means' in error);
      const detail =
        known || !(error instanceof Error) ? errorText(error) : (error.stack ?? errorText(error));
      process.stderr.write(`${name}: ${detail}\n`);
      end(error instanceof SettingsError ? 2 : 1);
    },
  );
}

export type Task = (signal: AbortSignal) => Promise<unknown>;

/**
 * Runs the tasks side by side under one signal. When one fails the others are aborted and waited for, then its error
 * is thrown; so nothing is left running when this settles. A task that ends well leaves the others running.
 */
export async function all(signal: AbortSignal, tasks: readonly Task[]): Promise<void> {
  const failure = new AbortController();
  const joint = AbortSignal.any([signal, failure.signal]);
  let first: { readonly error: unknown } | undefined;
  const run = async (task: Task) => {
    try {
      await task(joint);
    } catch (error) {
      first ??= { error };
      failure.abort(error);
    }
  };
  await Promise.all(tasks.map(run));
  if (first) throw first.error;
}
