/** How a command ends; `--help` of each says which of them it uses. */
export const exitCode = {
  well: 0,
  /** Something was found to be wrong, or failed. */
  failed: 1,
  /** Of `plan`: something would change. */
  changes: 2,
  /** The command line is wrong (EX_USAGE of sysexits.h). */
  usage: 64,
  /** A cluster or a gateway can't be reached (EX_UNAVAILABLE of sysexits.h). */
  unreachable: 69,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/**
 * Ends the command from anywhere below it. The message is written to standard error as `error: …` and tells the way
 * out; an empty one means that all has been said already.
 */
export class Exit extends Error {
  override readonly name = 'Exit';
  readonly code: ExitCode;

  constructor(code: ExitCode, message = '', options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
