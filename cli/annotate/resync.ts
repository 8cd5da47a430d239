import { Command } from 'commander';
import { resyncText } from '../../src/compare/resync.ts';
import { annotation } from '../../src/model/annotations.ts';
import { explained } from '../explained.ts';
import type { Io } from '../io.ts';
import { isResynced } from './pending.ts';
import { annotate, annotateExits, annotating, type AnnotateOptions } from './run.ts';

type ResyncOptions = AnnotateOptions & { readonly force?: boolean };

export function resyncCommand(io: Io): Command {
  const command = annotating(new Command('resync'))
    .description(
      `Has the controller compare the gateways with what is named once more, at once, and put right what differs: sets the annotation ${annotation.resyncAt}.`,
    )
    .option('--force', 'write what is equal too; each write costs a gateway a rebuild of its configuration')
    .action(async (words: readonly string[], options: ResyncOptions) => {
      const value = resyncText(io.clock.now(), options.force === true);
      await annotate(io, words, options, {
        wish: () => ({ key: annotation.resyncAt, value }),
        pending: isResynced(value),
      });
    });
  return explained(command, {
    examples: [
      ['resync restapi/books -n shop --wait', 'one resource, until every gateway was compared'],
      ['resync --gateway gateways/edge', 'a gateway that somebody may have edited by hand'],
      ['resync restapi/books --force', 'written even if it is equal'],
    ],
    exits: annotateExits,
  });
}
