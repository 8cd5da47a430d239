import { Command, Option } from 'commander';
import { sentencesOf } from '../../src/checks/refusal.ts';
import { changesSomething } from '../../src/compare/foresee.ts';
import { table } from '../../src/kinds/table.ts';
import { SchemaCheck } from '../../src/model/checked.ts';
import { titled, type Resource } from '../../src/model/resource.ts';
import { processSettings } from '../../src/runtime/process-settings.ts';
import { connect, withConnection, type ConnectionOptions } from '../connect.ts';
import { Exit, exitCode } from '../exit-code.ts';
import { explained } from '../explained.ts';
import type { Io } from '../io.ts';
import { print, withOutput, type OutputOptions } from '../output.ts';
import { withProgress, type Say } from '../progress.ts';
import { benchFor } from '../validate/bench.ts';
import { clusterAround } from '../validate/cluster.ts';
import { judgeAll } from '../validate/judge.ts';
import { sortedFiles } from '../validate/command.ts';
import { storedPolicy } from '../validate/policies.ts';
import { reviewingBy } from '../validate/reviewing.ts';
import { sorted, type Sorted } from '../validate/sort.ts';
import { isRefused, type Planned } from './planned.ts';
import { planned } from './planning.ts';
import { labelSelector, type LabelsMatch } from './selector.ts';
import { planColumns, planRows, planSummary, planValue } from './shown.ts';

interface Options extends ConnectionOptions, OutputOptions {
  readonly filename: readonly string[];
  readonly prune?: LabelsMatch;
  readonly inlineSecrets: 'Deny' | 'Warn';
}

interface Seen {
  readonly plan: readonly Planned[];
  readonly unread: readonly string[];
  readonly gaps: readonly string[];
}

export function planCommand(io: Io): Command {
  const command = new Command('plan')
    .description(
      'Tells what applying manifests would change at which gateway, without changing anything. It compares with what Kubernetes stores and says of the gateways; what somebody did at a gateway by hand shows in status, not here.',
    )
    .requiredOption(
      '-f, --filename <path>',
      'file, folder (with all below it), or - for standard input; may be repeated',
      (value: string, before?: readonly string[]) => [...(before ?? []), value],
    )
    .option(
      '--prune <selector>',
      'also plan the deletion of what has these labels (key=value) in the namespaces of the files, and is in none of them',
      labelSelector,
    )
    .addOption(
      new Option('--inline-secrets <word>', 'what a secret that is written into a spec leads to')
        .choices(['Deny', 'Warn'])
        .default('Warn'),
    )
    .action(async (options: Options) => {
      const seen = await withProgress(io, 'Planning', (say) => lookAhead(io, options, say));
      show(io, options, seen);
      const { plan, unread } = seen;
      if (unread.length > 0 || plan.some(isRefused)) throw new Exit(exitCode.failed);
      if (plan.some(({ foreseen }) => foreseen.some(changesSomething))) throw new Exit(exitCode.changes);
    });
  withOutput(withConnection(command, { lists: false }));
  return explained(command, {
    examples: [
      ['plan -f apis/', 'what kubectl apply -f apis/ would do at the gateways'],
      ['plan -f apis/ --prune team=shop', 'and what would go if what has left the folder were deleted'],
      ['plan -f books.yaml -o json', 'for programs; secrets are masked there too'],
    ],
    exits: {
      0: 'nothing would change at any gateway',
      1: 'something would be refused, or could not be read',
      2: 'something would change',
      69: 'the cluster can not be reached',
    },
  });
}

async function lookAhead(io: Io, options: Options, say: Say): Promise<Seen> {
  const { client, namespace } = connect(io, options);
  const files = await sortedFiles(options.filename, namespace, io);
  const namespaces = new Set(
    [...files.resources, ...files.gateways].map(({ object }) => object.metadata.namespace),
  );
  const surroundings = await clusterAround(client, [...namespaces], say);
  say('Comparing');
  const known = { table, schemas: new SchemaCheck() };
  const judging = {
    enforcement: undefined,
    inlineSecrets: options.inlineSecrets,
    allowLoopback: true,
    generation: undefined,
    maxRemovalPercent: processSettings.maxRemovalPercent.fallback?.value ?? 0,
    now: io.clock.now(),
  };
  const isPruned = (resource: Resource) =>
    options.prune?.(resource) === true && namespaces.has(resource.metadata.namespace);
  const policies = [...surroundings.policies, ...files.policies.map(({ object }) => storedPolicy(object))];
  const { plan, judgements } = await reviewingBy(
    policies,
    { ...known, clock: io.clock },
    async (reviewing) => {
      const bench = (some: Sorted) => benchFor(some, surroundings, judging, known, reviewing);
      const [before, after] = await Promise.all([bench(sorted([], namespace, table)), bench(files)]);
      const judged = await judgeAll(files, after);
      return {
        plan: await planned({ files, before, after, judgements: judged, isPruned }),
        judgements: judged,
      };
    },
  );
  // A gateway or a policy that would be refused is not planned, but what follows from it would not be true.
  const inPlan = new Set(plan.map(({ resource }) => titled(resource)));
  const refused = judgements
    .filter(({ title }) => !inPlan.has(title))
    .flatMap(({ title, said }) =>
      sentencesOf(said, 'deny').map((line) => `${title} would be refused: ${line}`),
    );
  const unread = files.troubles.map(
    ({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`,
  );
  return { plan, unread: [...unread, ...refused], gaps: surroundings.gaps };
}

function show(io: Io, { output }: Options, { plan, unread, gaps }: Seen): void {
  for (const line of unread) io.err(`error: ${line}\n`);
  for (const line of gaps) io.err(`warning: ${line}\n`);
  const rows = planRows(plan);
  if (output !== 'table' || rows.length > 0)
    print(io, output, { columns: planColumns, rows, value: planValue(plan, unread, gaps) });
  if (output === 'table') io.err(`${rows.length > 0 ? '\n' : ''}${planSummary(plan)}\n`);
}
