import { type Command, InvalidArgumentError, Option } from 'commander';
import type { BareObject } from '../../src/kube/resource.ts';
import { errorText } from '../../src/runtime/describe-error.ts';
import { connect, withConnection, type Connection, type ConnectionOptions } from '../connect.ts';
import { Exit, exitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { withProgress } from '../progress.ts';
import { set, type Wish } from './set.ts';
import { readTarget, targetsOf, type Target, type TargetOptions } from './targets.ts';
import { untilTakenUp, type Pending } from './wait.ts';

export interface AnnotateOptions extends ConnectionOptions, TargetOptions {
  readonly dryRun?: boolean;
  readonly wait?: boolean;
  readonly timeout: number;
}

export interface Deed {
  /** What is to stand on an object, which may depend on what stands around it. */
  wish(target: Target, object: BareObject, connection: Connection): Promise<Wish> | Wish;
  readonly pending: Pending;
}

const defaultTimeoutMs = 60_000;

/** The arguments and options that all of these commands have. */
export function annotating(command: Command): Command {
  withConnection(command, { lists: false });
  return command
    .argument('[resources...]', 'KIND/NAME each, or one KIND and its NAMEs')
    .option('--gateway <[namespace/]name>', 'an APIGateway, with everything that it takes')
    .option('--namespace-wide', 'the namespace, with everything in it')
    .option('--dry-run', 'have the API server judge the change, and change nothing')
    .option('--wait', 'wait until the controller has taken it up')
    .addOption(
      new Option('--timeout <duration>', 'how long --wait waits')
        .argParser(durationMs)
        .default(defaultTimeoutMs, '60s'),
    );
}

/** Does it to everything that is named, tells each line, and goes on where one fails. */
export async function annotate(
  io: Io,
  words: readonly string[],
  options: AnnotateOptions,
  deed: Deed,
): Promise<void> {
  const connection = connect(io, options);
  const { client, namespace } = connection;
  const dryRun = options.dryRun === true;
  const targets = targetsOf(words, options, namespace);
  let failures = 0;
  for (const target of targets) {
    try {
      const object = await readTarget(client, target);
      const wish = await deed.wish(target, object, connection);
      io.out(`${await set(client, target, object, wish, dryRun)}\n`);
    } catch (error) {
      if (io.signal.aborted || targets.length === 1) throw error;
      failures += 1;
      io.err(`error: ${errorText(error)}\n`);
    }
  }
  if (failures > 0) throw new Exit(exitCode.failed);
  if (options.wait !== true || dryRun) return;
  const waiting = { client, targets, pending: deed.pending, timeoutMs: options.timeout };
  const count = await withProgress(io, 'waiting for the controller', (say) => untilTakenUp(io, waiting, say));
  io.out(`the controller has taken it up for ${count} ${count === 1 ? 'resource' : 'resources'}\n`);
}

function durationMs(text: string): number {
  const [, count, unit = 's'] = /^(\d+)(s|m|h)?$/.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError('write 90s, 5m or 1h');
  return Number(count) * { s: 1000, m: 60_000, h: 3_600_000 }[unit as 's' | 'm' | 'h'];
}

export const annotateExits = {
  0: 'it is as asked; with --wait the controller has taken it up',
  1: 'something is not there, was refused, or was not taken up in time',
  69: 'the cluster can not be reached',
};
