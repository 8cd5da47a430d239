import type { Command } from 'commander';
import type { Io } from './io.ts';

/** Every command, in the order in which `--help` shows them. */
export const commands: readonly ((io: Io) => Command)[] = [];
