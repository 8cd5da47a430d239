import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { root } from '../support/root.ts';
import { whole } from '../support/whole.ts';
import { machine } from './machine.ts';
import type { Part } from './part.ts';
import { parts } from './parts.ts';
import { full, ordinary, quick, type Plan } from './plan.ts';
import { Recorder } from './recorder.ts';
import { merged, readResults, writeResults } from './results.ts';
import { shown, summary } from './table.ts';

interface Flags {
  readonly quick: boolean;
  readonly full: boolean;
  readonly rounds?: number;
  readonly sizes?: readonly number[];
  readonly json: string;
  readonly profile?: string;
}

const names = [...new Set(parts.flatMap(({ group, name, items = [] }) => [group, name, ...items]))];

const program = new Command('npm run bench --')
  .description(
    'Measures what Portcullis costs against what the same work costs without it, in the same minutes on the same machine, and says which bars are met.',
  )
  .argument('[parts...]', `what to measure: ${names.join(', ')}; everything when absent`, known)
  .option('--sizes <numbers>', 'numbers of resources, in place of the usual ones, such as 100,1000', sizes)
  .option('--rounds <count>', 'alternating rounds of which the median counts', whole)
  .option('--quick', 'a minute or two, to see that everything works; the figures mean nothing', false)
  .option('--full', 'every round of every size made anew; more than an hour', false)
  .option(
    '--json <file>',
    'where results are kept; parts measured later are added',
    join(root, 'bench-results/results.json'),
  )
  .option(
    '--profile <folder>',
    'leave CPU profiles of webhook, controller and floors there; figures are then worse',
  )
  .exitOverride()
  .addHelpText(
    'after',
    `
Parts:
${parts.map(({ name, group, about, items = [] }) => `  ${name.padEnd(12)} ${about}${group === name ? '' : ` (group ${group})`}${items.length === 0 ? '' : ` (items: ${items.join(', ')})`}`).join('\n')}

Examples:
  npm run bench                                       everything, about 20 minutes on two cores
  npm run bench -- admission                          the webhook only
  npm run bench -- convergence --sizes 100,1000       two sizes only
  npm run bench -- startup                            of the part scale, this item only
  npm run bench -- --quick --json /tmp/try.json       whether it works at all

Run npm run build first where dist/ is older than the sources; npm run bench does it by itself.

Exit status: 0 when everything was measured, whether bars are met or not; 1 when a part could not be measured to its
end (the others are kept); 2 when the command itself is wrong.`,
  );

function known(name: string, before: readonly string[] = []): readonly string[] {
  if (!names.includes(name)) throw new InvalidArgumentError(`It must be one of ${names.join(', ')}.`);
  return [...before, name];
}

function sizes(text: string): readonly number[] {
  const all = text.split(',').map(Number);
  if (all.some((size) => !Number.isInteger(size) || size < 0))
    throw new InvalidArgumentError('It must be whole numbers with commas between them.');
  return all.toSorted((one, other) => one - other);
}

function planOf({ quick: isQuick, full: isFull, rounds, sizes: chosen }: Flags): Plan {
  const plan = isQuick ? quick : isFull ? full : ordinary;
  return {
    ...plan,
    rounds: rounds ?? plan.rounds,
    ...(chosen === undefined
      ? {}
      : {
          admission: { ...plan.admission, cached: chosen },
          convergence: { ...plan.convergence, sizes: chosen },
          scale: { ...plan.scale, sizes: chosen },
        }),
  };
}

async function measure(
  part: Part,
  items: ReadonlySet<string>,
  plan: Plan,
  { json, profile: profiles }: Flags,
  signal: AbortSignal,
): Promise<boolean> {
  console.log(`\n${part.name}: ${part.about}`);
  const begun = new Date();
  const record = new Recorder();
  const say = (line: string) =>
    console.log(`  ${((Date.now() - begun.getTime()) / 1000).toFixed(0).padStart(4)} s  ${line}`);
  let problem: string | undefined;
  try {
    await part.run({ plan, items, record, signal, profiles, say });
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  const result = record.result(begun, problem);
  writeResults(json, merged(readResults(json), part.name, result, machine()));
  console.log(`\n${shown(result)}`);
  return problem === undefined;
}

async function run(chosen: readonly string[], flags: Flags, signal: AbortSignal): Promise<void> {
  for (const part of parts) {
    const { group, name, items = [] } = part;
    const isWhole = [group, name].some((word) => chosen.includes(word)) || chosen.length === 0;
    const some = isWhole ? items : items.filter((item) => chosen.includes(item));
    if (signal.aborted || (!isWhole && some.length === 0)) continue;
    if (!(await measure(part, new Set(some), planOf(flags), flags, signal))) process.exitCode = 1;
  }
  const measured = Object.values(readResults(flags.json)?.parts ?? {});
  console.log(`\n${summary(measured)}, all that ${flags.json} knows counted`);
}

const asked = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => asked.abort());

// Waiting for a process to end is no reason for Node to stay.
const awake = setInterval(() => undefined, 60_000);

try {
  program.parse();
  await run(
    (program.processedArgs[0] as readonly string[] | undefined) ?? [],
    program.opts<Flags>(),
    asked.signal,
  );
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else throw error;
} finally {
  clearInterval(awake);
}
