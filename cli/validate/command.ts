import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { table } from '../../src/kinds/table.ts';
import { SchemaCheck } from '../../src/model/checked.ts';
import { generations, type Generation } from '../../src/model/generation.ts';
import { processSettings } from '../../src/runtime/process-settings.ts';
import { connect, withConnection, type ConnectionOptions } from '../connect.ts';
import { Exit, exitCode } from '../exit-code.ts';
import { explained } from '../explained.ts';
import type { Io } from '../io.ts';
import { documentsIn } from '../manifests/documents.ts';
import { readFiles } from '../manifests/read-files.ts';
import { print, withOutput, type OutputOptions } from '../output.ts';
import { withProgress, type Say } from '../progress.ts';
import { benchFor } from './bench.ts';
import { clusterAround } from './cluster.ts';
import { judgeAll } from './judge.ts';
import { valueOf } from './json.ts';
import { junitOf } from './junit.ts';
import { storedPolicy } from './policies.ts';
import { reviewingBy } from './reviewing.ts';
import { count, resultOf, type Result } from './result.ts';
import { sarifOf } from './sarif.ts';
import { sorted, type Sorted } from './sort.ts';
import { nothing } from './surroundings.ts';
import { summaryOf, textOf } from './text.ts';

interface Options extends ConnectionOptions, OutputOptions<'junit' | 'sarif'> {
  readonly filename: readonly string[];
  readonly policies: readonly string[];
  readonly cluster?: boolean;
  readonly enforcement?: 'Deny' | 'Warn';
  readonly inlineSecrets: 'Deny' | 'Warn';
  readonly allowLoopback?: boolean;
  readonly gatewayApi?: Generation;
  readonly strict?: boolean;
  readonly report: readonly string[];
}

/** The reports that can be written beside the output, by the end of the file's name. */
const reports: readonly (readonly [suffix: RegExp, write: (result: Result) => string])[] = [
  [/\.sarif(\.json)?$/, sarifOf],
  [/\.xml$/, junitOf],
  [/\.json$/, (result) => `${JSON.stringify(valueOf(result), null, 2)}\n`],
];

export function validateCommand(io: Io): Command {
  const command = new Command('validate')
    .description(
      'Judges manifests as the webhook would: its rules, its policies, its words. Without a cluster, what is not among the files is only warned about.',
    )
    .requiredOption(
      '-f, --filename <path>',
      'file, folder (with all below it), or - for standard input; may be repeated',
      collected,
    )
    .option(
      '--policies <path>',
      'review policies to hold the files to, beside those among them; may be repeated',
      collected,
      [],
    )
    .option('--cluster', 'take in what the cluster holds, with your rights there')
    .addOption(
      new Option(
        '--enforcement <word>',
        'whether what is referred to and absent is refused (default: as the cluster does; without one Warn)',
      ).choices(['Deny', 'Warn']),
    )
    .addOption(
      new Option('--inline-secrets <word>', 'what a secret that is written into a spec leads to')
        .choices(['Deny', 'Warn'])
        .default('Warn'),
    )
    .option('--allow-loopback', "let gateways lie on the controller's own machine")
    .addOption(
      new Option('--gateway-api <generation>', 'what gateways speak of which no APIGateway tells it').choices(
        [...generations],
      ),
    )
    .option('--strict', 'let warnings count as errors')
    .option(
      '--report <file>',
      'also write a report for CI there: .sarif, .xml (JUnit) or .json; may be repeated',
      report,
      [],
    )
    .action((options: Options) => validate(options, io));
  withOutput(withConnection(command, { lists: false }), ['junit', 'sarif']);
  return explained(command, {
    examples: [
      ['validate -f apis/', 'everything in a folder'],
      ['validate -f apis/ --policies policies/ --strict --report portcullis.sarif', 'in CI'],
      ['validate -f books.yaml --gateway-api v1', 'for gateways of the newer generation'],
      ['validate -f books.yaml --cluster', 'as if it were applied now'],
    ],
    exits: {
      0: 'nothing would be refused (with --strict: nothing is warned about either)',
      1: 'something would be refused, or could not be read',
      69: 'the cluster can not be reached',
    },
  });
}

function collected(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function report(value: string, before: readonly string[]): readonly string[] {
  if (!reports.some(([suffix]) => suffix.test(value)))
    throw new InvalidArgumentError('Its name must end in .sarif, .xml or .json.');
  return [...before, value];
}

async function validate(options: Options, io: Io): Promise<void> {
  const result = await withProgress(io, 'Judging', async (say) => await judged(options, io, say));
  for (const file of options.report) {
    const [, write] = reports.find(([suffix]) => suffix.test(file)) ?? [];
    if (write !== undefined) await writeFile(file, write(result));
  }
  show(result, options, io);
  const isBad = count(result, 'error') > 0 || (options.strict === true && count(result, 'warning') > 0);
  if (isBad) throw new Exit(exitCode.failed);
}

async function judged(options: Options, io: Io, say: Say): Promise<Result> {
  const connection = options.cluster === true ? connect(io, options) : undefined;
  const namespace = connection?.namespace ?? options.namespace ?? 'default';
  const files = await sortedFiles(options.filename, namespace, io);
  const extra = await sortedFiles(options.policies, namespace, io);
  const all = { ...files, policies: [...files.policies, ...extra.policies] };
  const namespaces = new Set(
    [...all.resources, ...all.gateways].map(({ object }) => object.metadata.namespace),
  );
  const surroundings =
    connection === undefined ? nothing : await clusterAround(connection.client, [...namespaces], say);
  say('Judging');
  const known = { table, schemas: new SchemaCheck() };
  const judging = {
    enforcement: options.enforcement,
    inlineSecrets: options.inlineSecrets,
    allowLoopback: options.allowLoopback === true,
    generation: options.gatewayApi,
    maxRemovalPercent: processSettings.maxRemovalPercent.fallback?.value ?? 0,
    now: io.clock.now(),
  };
  const policies = [...surroundings.policies, ...all.policies.map(({ object }) => storedPolicy(object))];
  const judgements = await reviewingBy(policies, { ...known, clock: io.clock }, async (reviewing) =>
    judgeAll(all, await benchFor(all, surroundings, judging, known, reviewing)),
  );
  return resultOf(judgements, [...files.troubles, ...extra.troubles], {
    skipped: files.skipped,
    files: files.files,
    gaps: surroundings.gaps,
  });
}

/** What is in files, and how many of them could be read. */
export async function sortedFiles(
  paths: readonly string[],
  namespace: string,
  io: Io,
): Promise<Sorted & { readonly files: number }> {
  const { sources, troubles } = await readFiles(paths, io);
  const read = sources.map((source) => documentsIn(source));
  const found = sorted(
    read.flatMap(({ documents }) => documents),
    namespace,
    table,
  );
  const wrong = [...troubles, ...read.flatMap((one) => one.troubles), ...found.troubles];
  return { ...found, troubles: wrong, files: sources.length };
}

function show(result: Result, { output }: Options, io: Io): void {
  switch (output) {
    case 'junit':
      io.out(junitOf(result));
      break;
    case 'sarif':
      io.out(sarifOf(result));
      break;
    case 'table':
      io.out(textOf(result, io.colour));
      for (const gap of result.gaps) io.err(`warning: ${gap}\n`);
      io.err(`${summaryOf(result)}\n`);
      break;
    case 'json':
    case 'yaml':
      print(io, output, { columns: [], rows: [], value: valueOf(result) });
  }
}
