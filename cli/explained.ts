import type { Command } from 'commander';

export interface Explanation {
  /** Command lines without the program's name, each with what it does. */
  readonly examples: readonly (readonly [line: string, what: string])[];
  /** What each exit code of this command means, beside 64 for a wrong command line. */
  readonly exits: Readonly<Record<number, string>>;
}

/** Adds examples and exit codes to what --help says. */
export function explained(command: Command, { examples, exits }: Explanation): Command {
  const shown = examples.map(([line, what]) => `  # ${what}\n  portcullis ${line}\n`);
  const codes = Object.entries({ ...exits, 64: 'the command line is wrong' });
  const ends = codes.map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}\n`);
  return command.addHelpText('after', `\nExamples:\n${shown.join('\n')}\nExit codes:\n${ends.join('')}`);
}
