import { Command } from 'commander';
import { table } from '../../src/kinds/table.ts';
import { SchemaCheck } from '../../src/model/checked.ts';
import { sentence } from '../../src/model/violation.ts';
import { Reviewer } from '../../src/review/reviewer.ts';
import { processSettings } from '../../src/runtime/process-settings.ts';
import { connect, withConnection, type ConnectionOptions } from '../connect.ts';
import { Exit, exitCode } from '../exit-code.ts';
import { explained } from '../explained.ts';
import type { Io } from '../io.ts';
import { print, withOutput, type Cell, type OutputOptions } from '../output.ts';
import { withProgress, type Say } from '../progress.ts';
import { benchFor } from '../validate/bench.ts';
import { clusterAround } from '../validate/cluster.ts';
import { sortedFiles } from '../validate/command.ts';
import { storedPolicy } from '../validate/policies.ts';
import { sorted } from '../validate/sort.ts';
import { brokenPolicies, brokenRules, inOrder, isRefusal, type Broken } from './breaches.ts';

interface Options extends ConnectionOptions, OutputOptions {
  readonly policies: readonly string[];
  readonly withInstalled?: boolean;
  readonly rules?: boolean;
}

interface Seen {
  readonly breaches: readonly Broken[];
  readonly reviewed: number;
  readonly policies: number;
  /** Why a policy, or a file, can't be used. */
  readonly faults: readonly string[];
  readonly gaps: readonly string[];
}

export function reviewCommand(io: Io): Command {
  const command = new Command('review')
    .description(
      'Tells what in the cluster breaks which review policy today: by those that are installed, or by those in files before they are.',
    )
    .option(
      '--policies <path>',
      'review by the policies in a file or folder, instead of those that are installed; may be repeated',
      (value: string, before: readonly string[]) => [...before, value],
      [],
    )
    .option('--with-installed', 'with --policies: by the installed ones too; a file replaces one of its name')
    .option(
      '--rules',
      'also by the rules of admission themselves, as if all were written now for the first time',
    )
    .action(async (options: Options) => {
      const seen = await withProgress(io, 'Reviewing', (say) => review(io, options, say));
      show(io, options, seen);
      if (seen.faults.length > 0 || seen.breaches.some(isRefusal)) throw new Exit(exitCode.failed);
    });
  withOutput(withConnection(command));
  return explained(command, {
    examples: [
      ['review -A', 'everything, by the policies that are installed'],
      ['review -A --policies policies/', 'what they would refuse if they were installed'],
      ['review -n shop --rules', 'what could not be written any more as it stands'],
      ['review -A -o json', 'for programs'],
    ],
    exits: {
      0: 'nothing is broken that leads to a refusal',
      1: 'something would be refused, or a policy can not be used',
      69: 'the cluster can not be reached',
    },
  });
}

async function review(io: Io, options: Options, say: Say): Promise<Seen> {
  const { client, namespace, listed } = connect(io, options);
  const files = await sortedFiles(options.policies, namespace, io);
  const surroundings = await clusterAround(client, listed === undefined ? [] : [listed], say);
  const known = { table, schemas: new SchemaCheck() };
  const given = files.policies.map(({ object }) => storedPolicy(object));
  const names = new Set(given.map(({ name }) => name));
  const isInstalledMeant = options.policies.length === 0 || options.withInstalled === true;
  const installed = isInstalledMeant ? surroundings.policies.filter(({ name }) => !names.has(name)) : [];
  const judging = {
    enforcement: undefined,
    inlineSecrets: 'Warn' as const,
    allowLoopback: true,
    generation: undefined,
    maxRemovalPercent: processSettings.maxRemovalPercent.fallback?.value ?? 0,
    now: io.clock.now(),
  };
  const bench = await benchFor(sorted([], namespace, table), surroundings, judging, known, () => ({
    review: () => Promise.resolve([]),
    faultsOfPolicy: () => [],
  }));
  const reviewer = new Reviewer({ ...known, clock: io.clock });
  try {
    reviewer.setPolicies([...installed, ...given]);
    const all = surroundings.resources.filter(
      ({ metadata }) =>
        metadata.deletionTimestamp === undefined && (listed === undefined || metadata.namespace === listed),
    );
    const breaches: Broken[] = [];
    for (const [index, resource] of all.entries()) {
      say(`Reviewing ${index + 1} of ${all.length}`);
      const row = table.get(resource.kind);
      breaches.push(...(await brokenPolicies(row, resource, reviewer, bench)));
      if (options.rules === true) breaches.push(...(await brokenRules(row, resource, bench)));
    }
    const broken = [...reviewer.faults()].flatMap(([name, faults]) =>
      faults.map((fault) => `policy ${name}: ${sentence(fault)}`),
    );
    const unread = files.troubles.map(
      ({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`,
    );
    return {
      breaches: breaches.toSorted(inOrder),
      reviewed: all.length,
      policies: installed.length + given.length,
      faults: [...unread, ...broken],
      gaps: surroundings.gaps,
    };
  } finally {
    await reviewer[Symbol.asyncDispose]();
  }
}

function show(io: Io, { output, rules }: Options, seen: Seen): void {
  for (const line of seen.faults) io.err(`error: ${line}\n`);
  for (const line of seen.gaps) io.err(`warning: ${line}\n`);
  if (output !== 'table' || seen.breaches.length > 0)
    print(io, output, { columns, rows: seen.breaches.map(cells), value: seen });
  if (output !== 'table') return;
  if (seen.policies === 0 && rules !== true)
    io.err('there is no policy to review by; --policies names files, --rules asks the rules of admission\n');
  const refused = seen.breaches.filter(isRefusal).length;
  const excused = seen.breaches.filter((breach) => breach.excused !== undefined).length;
  io.err(
    `resources: ${seen.reviewed}, policies: ${seen.policies}, breaches: ${seen.breaches.length}, of which refused: ${refused}, excused: ${excused}\n`,
  );
}

const columns = ['POLICY', 'RULE', 'ACTION', 'KIND', 'RESOURCE', 'FIELD', 'MESSAGE'];

function cells(broken: Broken): readonly Cell[] {
  const { policy = '(admission)', rule, action, kind, namespace, name, path, message, excused } = broken;
  const until = excused === undefined ? '' : ` (excused until ${excused.expires}: ${excused.reason})`;
  const tone = excused !== undefined ? 'faint' : action === 'Deny' ? 'bad' : 'warning';
  return [policy, rule, { text: action, tone }, kind, `${namespace}/${name}`, path, message + until];
}
