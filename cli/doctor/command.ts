import { Command } from 'commander';
import { readInventory } from '../cluster/inventory.ts';
import { connect, withConnection, type ConnectionOptions } from '../connect.ts';
import { Exit, exitCode } from '../exit-code.ts';
import { explained } from '../explained.ts';
import type { Io } from '../io.ts';
import { print, withOutput, type Cell, type OutputOptions, type Tone } from '../output.ts';
import { withProgress, type Say } from '../progress.ts';
import { version } from '../version.ts';
import { configurations } from './configurations.ts';
import { definitions } from './definitions.ts';
import { processes } from './deployments.ts';
import { attempted, type Check, type Finding, type Severity } from './finding.ts';
import { gateways, operator, resources } from './gateways.ts';
import { grants } from './grants.ts';
import { rights } from './rights.ts';
import { webhook } from './webhook.ts';
import { words } from './words.ts';

/** In the order in which they are told: what the others rest on comes first. */
const checks: readonly Check[] = [
  definitions,
  configurations,
  webhook,
  processes,
  grants,
  operator,
  gateways,
  resources,
  words,
  rights,
];

type Options = ConnectionOptions & OutputOptions & { readonly quiet?: boolean };

type Told = Finding & { readonly check: string };

export function doctorCommand(io: Io): Command {
  const command = new Command('doctor')
    .description(
      'Looks whether Portcullis is installed as it should be: each thing that is not, with its cure. It changes nothing; the webhook is tried by a dry run.',
    )
    .option('-q, --quiet', 'only what is not as it should be')
    .action(async (options: Options) => {
      const found = await withProgress(io, 'Looking', (say) => examine(io, options, say));
      const shown = options.quiet === true ? found.filter(({ severity }) => severity !== 'good') : found;
      print(io, options.output, {
        columns: ['IS', 'CHECK', 'WHAT', 'CURE'],
        rows: shown.map(({ severity, check, what, cure = '' }) => [
          marks[severity],
          check,
          what,
          { text: cure === '' ? '-' : cure, tone: 'faint' },
        ]),
        value: shown,
        none: 'everything is as it should be',
      });
      if (found.some(({ severity }) => severity === 'error')) throw new Exit(exitCode.failed);
    });
  withOutput(withConnection(command, { lists: false }));
  return explained(command, {
    examples: [
      ['doctor', 'everything that is looked at'],
      ['doctor --quiet', 'only what is wrong or doubtful'],
      ['doctor -n shop -o json', 'the webhook as it is for one namespace, for programs'],
    ],
    exits: {
      0: 'nothing is wrong; some of it may be doubtful, or could not be looked at',
      1: 'something is wrong',
      69: 'the cluster can not be reached',
    },
  });
}

const mark = (text: string, tone: Tone): Cell => ({ text, tone });

const marks: Readonly<Record<Severity, Cell>> = {
  error: mark('WRONG', 'bad'),
  warning: mark('DOUBTFUL', 'warning'),
  unknown: mark('UNKNOWN', 'faint'),
  good: mark('GOOD', 'good'),
};

async function examine(io: Io, options: Options, say: Say): Promise<readonly Told[]> {
  const { client, namespace } = connect(io, options);
  const inventory = await readInventory(client, { namespace: undefined });
  const patient = { client, namespace, inventory, clock: io.clock, version };
  const told: Told[] = [];
  for (const check of checks) {
    say(`Looking at ${check.name}`);
    for (const finding of await attempted(check, patient)) told.push({ ...finding, check: check.name });
  }
  return told;
}
