import { Command, CommanderError } from 'commander';
import { commands } from './commands.ts';
import { addCompletion } from './completion/completion.ts';
import { endingOf } from './ending.ts';
import { exitCode } from './exit-code.ts';
import type { Io } from './io.ts';
import { version } from './version.ts';

/** Runs the command that the arguments name, says on standard error why it failed if it did, and gives the exit code. */
export async function runProgram(name: string, args: readonly string[], io: Io): Promise<number> {
  try {
    await createProgram(name, io).parseAsync(args, { from: 'user' });
    return exitCode.well;
  } catch (error) {
    // What the parser has to say of the command line, it has said.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.well : exitCode.usage;
    const { code, message } = endingOf(error, io.signal);
    if (message !== '') io.err(`error: ${message}\n`);
    return code;
  }
}

/** The tree of all commands. `name` is how the person called it. */
export function createProgram(name: string, io: Io): Command {
  const program = new Command(name)
    .description('What people do with Portcullis, the gate in front of WSO2 API Platform gateways.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'explain')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      // One line: the parser puts its question "Did you mean …?" on a second one.
      outputError: (text, write) => write(text.replace(/\n\(Did you mean (.*)\?\)/, '; did you mean $1?')),
      getOutHelpWidth: () => io.columns,
      getErrHelpWidth: () => io.columns,
      getOutHasColors: () => io.colour,
      getErrHasColors: () => io.colour,
    });
  for (const create of commands) add(program, create(io));
  addCompletion(program);
  return program;
}

/** Commands that were made elsewhere inherit nothing by themselves. */
function add(parent: Command, command: Command): void {
  if (command.parent === null) parent.addCommand(command);
  command.copyInheritedSettings(parent);
  for (const below of command.commands) add(command, below);
}
