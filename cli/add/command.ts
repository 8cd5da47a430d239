import { Command } from 'commander';
import type { Io } from '../io.ts';
import { addApiCommand } from './api-command.ts';

/** What is added to a cluster; kubectl finds it as `kubectl add`. */
export function addCommand(io: Io): Command {
  return new Command('add').description('Adds something to a cluster.').addCommand(addApiCommand(io));
}
