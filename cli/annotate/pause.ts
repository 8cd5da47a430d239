import { Command, Option } from 'commander';
import { policiesOf } from '../../src/compare/asked-for.ts';
import { namespaceType } from '../../src/kube/core-types.ts';
import type { BareObject } from '../../src/kube/resource.ts';
import { annotation } from '../../src/model/annotations.ts';
import { explained } from '../explained.ts';
import type { Io } from '../io.ts';
import { isMode } from './pending.ts';
import { annotate, annotateExits, annotating, type AnnotateOptions } from './run.ts';

type PauseOptions = AnnotateOptions & { readonly mode: 'Paused' | 'Observe' };

const key = annotation.reconcile;

export function pauseCommand(io: Io): Command {
  const command = annotating(new Command('pause'))
    .description(`Keeps the controller from touching what is named: sets the annotation ${key}.`)
    .addOption(
      new Option(
        '--mode <mode>',
        'Paused: no gateway is called. Observe: gateways are compared, and not written to',
      )
        .choices(['Paused', 'Observe'])
        .default('Paused'),
    )
    .action(async (words: readonly string[], options: PauseOptions) => {
      const { mode } = options;
      await annotate(io, words, options, { wish: () => ({ key, value: mode }), pending: isMode(mode) });
    });
  return explained(command, {
    examples: [
      ['pause restapi/books restapi/films -n shop', 'two resources'],
      ['pause rapi books --mode Observe --wait', 'still compared, and told of, but not written'],
      ['pause --gateway gateways/edge', 'everything on one gateway'],
      ['pause --namespace-wide -n shop', 'everything in one namespace'],
    ],
    exits: annotateExits,
  });
}

export function resumeCommand(io: Io): Command {
  const command = annotating(new Command('resume'))
    .description(
      `Has the controller go on: takes the annotation ${key} away, or sets it to Active where a namespace around says otherwise.`,
    )
    .action(async (words: readonly string[], options: AnnotateOptions) => {
      await annotate(io, words, options, {
        wish: async (target, object, { client }) => {
          const { namespace } = target;
          const around =
            namespace === undefined
              ? undefined
              : await client.get<BareObject>(namespaceType, undefined, namespace);
          const isHeld = policiesOf(without(object), around, undefined).mode !== 'Active';
          return { key, value: isHeld ? 'Active' : null };
        },
        pending: isMode('Active'),
      });
    });
  return explained(command, {
    examples: [
      ['resume restapi/books -n shop --wait', 'one resource, until the controller has noticed'],
      ['resume --namespace-wide -n shop', 'a namespace; what is paused by itself in it stays so'],
    ],
    exits: annotateExits,
  });
}

/** The object as if nothing was asked of it. */
function without({ metadata }: BareObject): Pick<BareObject, 'metadata'> {
  const { [key]: _, ...annotations } = metadata.annotations ?? {};
  return { metadata: { ...metadata, annotations } };
}
