import { Command, CommanderError } from 'commander';
import { table } from '../../src/kinds/table.ts';
import { bold, faint, green, print, red, step } from '../demo/terminal.ts';
import { readCorpus, type Fixture } from './corpus.ts';
import { report } from './report.ts';
import { run } from './run.ts';

interface Flags {
  readonly kind?: string;
  readonly only?: string;
}

const program = new Command('npm run agreement --')
  .description(
    'Judges every file of test/fixtures by our webhook behind a real API server, and by a gateway of each generation, and shows where they disagree.',
  )
  .option('--kind <kind>', 'only files of one kind, such as RestApi')
  .option('--only <pattern>', 'only files whose path has this in it; * stands for anything')
  .exitOverride()
  .addHelpText(
    'after',
    `
Examples:
  npm run agreement                              everything, about two minutes on two cores
  npm run agreement -- --kind ApiKey             one kind
  npm run agreement -- --only 'refused/*url*'    some files

Each file says at its top what is expected; "stricter" is why we refuse what the gateway itself would take.
The control plane is started for this and goes with it; USE_EXISTING_CLUSTER is not looked at.

Exit status: 0 without disagreements, 1 with any, 2 if the command itself is wrong.`,
  );

function chosen({ kind, only }: Flags): readonly Fixture[] {
  const row = table.rows.find((one) => one.kind.toLowerCase() === kind?.toLowerCase());
  if (kind !== undefined && row === undefined)
    program.error(`there is no kind ${kind}; there is ${table.rows.map((one) => one.kind).join(', ')}`);
  const pattern = new RegExp((only ?? '').split('*').map(escapeRegExp).join('.*'), 'i');
  const fixtures = readCorpus().filter(
    ({ file, judged }) => (row === undefined || judged.kind === row.kind) && pattern.test(file),
  );
  if (fixtures.length === 0) program.error('no file of test/fixtures is meant by that');
  return fixtures;
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

const asked = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => asked.abort());

try {
  const fixtures = chosen(program.parse().opts<Flags>());
  const outcomes = await run(fixtures, { signal: asked.signal, step });
  print(`\n${report(outcomes, { bold, faint, green, red })}`);
  process.exitCode = outcomes.some(({ disagreements }) => disagreements.length > 0) ? 1 : 0;
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
