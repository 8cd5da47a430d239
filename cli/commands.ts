import type { Command } from 'commander';
import type { Io } from './io.ts';
import { addCommand } from './add/command.ts';
import { validateCommand } from './validate/command.ts';

/** Every command, in the order in which `--help` shows them. */
export const commands: readonly ((io: Io) => Command)[] = [validateCommand, addCommand];
