import type { Command } from 'commander';
import { addCommand } from './add/command.ts';
import { adoptCommand } from './annotate/adopt.ts';
import { pauseCommand, resumeCommand } from './annotate/pause.ts';
import { resyncCommand } from './annotate/resync.ts';
import { doctorCommand } from './doctor/command.ts';
import { exportCommand } from './export/command.ts';
import type { Io } from './io.ts';
import { planCommand } from './plan/command.ts';
import { reviewCommand } from './review/command.ts';
import { statusCommand } from './status/command.ts';
import { validateCommand } from './validate/command.ts';

/** Every command, in the order in which `--help` shows them. */
export const commands: readonly ((io: Io) => Command)[] = [
  validateCommand,
  planCommand,
  statusCommand,
  reviewCommand,
  doctorCommand,
  addCommand,
  pauseCommand,
  resumeCommand,
  resyncCommand,
  adoptCommand,
  exportCommand,
];
