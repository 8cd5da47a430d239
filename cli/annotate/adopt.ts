import { Command, Option } from 'commander';
import { annotation } from '../../src/model/annotations.ts';
import { explained } from '../explained.ts';
import type { Io } from '../io.ts';
import { isAdopted } from './pending.ts';
import { annotate, annotateExits, annotating, type AnnotateOptions } from './run.ts';

type AdoptOptions = AnnotateOptions & { readonly policy: string };

const key = annotation.adoptionPolicy;

export function adoptCommand(io: Io): Command {
  const command = annotating(new Command('adopt'))
    .description(
      `Lets the controller take over what stands at a gateway already: sets the annotation ${key}. What bears the mark of another resource is never taken, unless that exists no more and --policy Always is allowed by the APIGateway.`,
    )
    .addOption(
      new Option('--policy <policy>', 'what may be taken over')
        .choices(['IfUnowned', 'IfEqual', 'Always', 'Never'])
        .default('IfUnowned'),
    )
    .action(async (words: readonly string[], options: AdoptOptions) => {
      const value = options.policy;
      await annotate(io, words, options, { wish: () => ({ key, value }), pending: isAdopted });
      if (value === 'Always' && options.gateway === undefined)
        io.err(`note: Always counts only at gateways whose APIGateway says so too (--gateway)\n`);
    });
  return explained(command, {
    examples: [
      [
        'adopt restapi/books -n shop --wait',
        'take over what stands there and is nobody’s, and wait until it is ours',
      ],
      ['adopt --namespace-wide -n shop --policy IfEqual', 'only what is equal already'],
      ['adopt --gateway gateways/edge --policy Always', 'also from owners that exist no more'],
    ],
    exits: annotateExits,
  });
}
