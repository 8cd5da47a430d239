import type { Clock } from '../src/runtime/clock.ts';

/** Everything that a command has of the process around it. */
export interface Io {
  /** To standard output, as it is. Once nobody reads it any more (`| head`), what follows is dropped. */
  out(text: string): void;
  /** To standard error, as it is. */
  err(text: string): void;
  /**
   * All of standard input.
   *
   * @throws Exit when there is more of it than `maxBytes`
   */
  stdin(maxBytes: number): Promise<Buffer>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether standard output is a terminal; not so where it goes to a pipe or a file. */
  readonly isTerminal: boolean;
  /** Whether standard error is one, so that a line of progress can be written over. */
  readonly isErrTerminal: boolean;
  /** Whether standard output may be coloured: a terminal that can, and no NO_COLOR. */
  readonly colour: boolean;
  /** The width of the terminal. */
  readonly columns: number;
  /** Aborts at Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
}
