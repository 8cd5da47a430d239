import { availableParallelism } from 'node:os';
import { globSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { bold, print, red } from '../demo/terminal.ts';
import { root } from '../support/root.ts';
import { whole } from '../support/whole.ts';
import { round, type Tally } from './round.ts';

/** More than this many files that fail are no accident of timing: they are not tried again. */
const mostTriedAgain = 3;

const program = new Command('npm test --')
  .description(
    'Runs the tests, several files at a time, each process with a control plane of its own. Files that fail are tried once more when nothing else runs; one that passes then is named at the end as unsteady.',
  )
  .argument('[files...]', 'the files to run, or patterns of them; all, if none is named')
  .option('--jobs <count>', 'how many files at a time; 1 where they share a cluster', whole, standard())
  .exitOverride()
  .addHelpText(
    'after',
    `
Examples:
  npm test                                          everything
  npm test -- test/cluster/controller/drift.test.ts one file
  npm test -- --jobs 1                              one after another

Exit status: 0 if every test passed, or did so when tried again; 1 if not; 2 if the command itself is wrong.`,
  );

/** Most tests wait most of the time, so there may be more of them than processors. */
function standard(): number {
  return process.env.USE_EXISTING_CLUSTER === 'true' ? 1 : availableParallelism() + 1;
}

interface Settings {
  readonly spec: string[];
  readonly ignore: string[];
  readonly timeout: number;
}

async function run(named: readonly string[], jobs: number): Promise<number> {
  const settings = JSON.parse(readFileSync(join(root, '.mocharc.json'), 'utf8')) as Settings;
  const patterns = named.length > 0 ? named : settings.spec;
  const found = globSync([...patterns], { cwd: root, exclude: settings.ignore });
  if (found.length === 0) throw new CommanderError(2, 'no-files', `no file matches ${patterns.join(' ')}`);
  const files = found.sort(longestFirst).map((file) => resolve(root, file));
  const tallies = await round(files, { jobs, timeoutMs: settings.timeout });

  const failed = files.filter((file) => (tallies.get(file)?.failed ?? 0) > 0);
  const unsteady: string[] = [];
  if (failed.length > 0 && failed.length <= mostTriedAgain) {
    print(bold(`\nTried once more, with nothing beside: ${failed.map(short).join(', ')}`));
    for (const [file, tally] of await round(failed, { jobs: 1, timeoutMs: settings.timeout })) {
      if (tally.failed === 0) unsteady.push(file);
      tallies.set(file, tally);
    }
  }
  for (const file of unsteady)
    print(red(`UNSTEADY: ${short(file)} failed, and passed when tried again; see above why.`));
  const { passed, failed: faults, skipped } = sum([...tallies.values()]);
  print(`\n${passed} passed, ${faults} failed, ${skipped} skipped`);
  return faults === 0 && passed > 0 ? 0 : 1;
}

/** Those that take minutes begin first, so that none of them is left alone at the end; those of milliseconds come last. */
function longestFirst(one: string, other: string): number {
  const place = (file: string) =>
    ['test/e2e/', 'test/cluster/', ''].findIndex((start) => file.startsWith(start));
  return place(one) - place(other) || one.localeCompare(other);
}

const short = (file: string): string => relative(root, file);

function sum(tallies: readonly Tally[]): Tally {
  const all = (what: keyof Tally) => tallies.reduce((total, tally) => total + tally[what], 0);
  return { passed: all('passed'), failed: all('failed'), skipped: all('skipped') };
}

try {
  program.parse();
  const { jobs } = program.opts<{ jobs: number }>();
  process.exitCode = await run(program.args, jobs);
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  if (error.code === 'no-files') process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
