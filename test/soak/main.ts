import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { bold, faint, heading, print, red, step } from '../demo/terminal.ts';
import { startCluster } from '../support/cluster/cluster.ts';
import { whole } from '../support/whole.ts';
import * as soak from './run.ts';
import { gatewayWrites, kubernetesWrites, type Tally } from './tally.ts';

const program = new Command('npm run soak --')
  .description(
    'Lets people create, edit, move and delete resources of all kinds while gateways and controllers fail in every way, and then looks whether every gateway holds exactly what the resources say.',
  )
  .option('--minutes <minutes>', 'how long things go wrong', positive, 10)
  .option('--seed <number>', 'decides what happens, though not exactly when (default: any)', whole)
  .option('--gateways <count>', 'every third is of the newer generation', whole, 3)
  .option('--resources <count>', 'how many there are most of the time', whole, 300)
  .option('--replicas <count>', 'of the controller', whole, 2)
  .exitOverride()
  .addHelpText(
    'after',
    `
Examples:
  npm run soak                              ten minutes of it, about fourteen in all
  npm run soak -- --minutes 1 --seed 42     a short one, as it was before

Exit status: 0 if everything is as it should be at the end, 1 if not (the logs are then kept), 2 if the command itself is wrong.`,
  );

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('It must be more than 0.');
  return value;
}

function show(title: string, { lines }: Tally): void {
  print(`\n${bold(title)}`);
  const width = Math.max(0, ...lines.map(([, count]) => String(count).length));
  for (const [what, count] of lines) print(`  ${String(count).padStart(width)}  ${what}`);
}

async function run(plan: soak.Plan, signal: AbortSignal): Promise<void> {
  print(`seed ${plan.seed}`);
  heading('A control plane, gateways, the webhook and the controllers');
  const cluster = await step('etcd and kube-apiserver', () =>
    startCluster({ controllerManager: true, signal, log: print }),
  );
  try {
    const scene = await soak.begin(cluster, plan, step);
    try {
      heading('What happens');
      await step(`${plan.resources} resources of all kinds are created`, () => soak.populate(scene));
      await soak.live(scene, signal, (line) => print(`  ${faint(line)}`));
      heading('What is there afterwards');
      await step('every gateway holds exactly what the resources say', () => soak.settled(scene, signal));
      await step('nothing is written where nothing happens', async () => {
        none('was written', await soak.idle(scene));
      });
      await step('no secret is in a log, a status, an event, a metric or a ConfigMap', async () => {
        none('shows a secret', (await soak.seenSecrets(scene)).places);
      });
      await step('the namespaces go, and nothing is left over', () => soak.empty(scene, signal));
      show('What happened', scene.tally);
      show('What the controllers wrote at the gateways', gatewayWrites(scene.sites));
      show('What the controllers wrote at the API server', kubernetesWrites(scene.crew));
    } catch (error) {
      const kept = join(tmpdir(), `portcullis-soak-${plan.seed}`);
      for (const { name, logFile } of scene.crew.everyone) await cp(logFile, join(kept, `${name}.log`));
      await cp(scene.stack.logs, kept, { recursive: true });
      print(`\n${red('The logs are kept in')} ${kept}`);
      throw error;
    } finally {
      await step('everything stops', () => soak.finish(scene));
    }
  } finally {
    await cluster.stop();
  }
}

function none(what: string, found: readonly string[]): void {
  if (found.length > 0) throw new Error(`${found.length}: ${what}:\n  ${found.slice(0, 30).join('\n  ')}`);
}

const asked = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => asked.abort());

try {
  const flags = program.parse().opts<Omit<soak.Plan, 'seed'> & { readonly seed?: number }>();
  await run({ ...flags, seed: flags.seed ?? soak.newSeed() }, asked.signal);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
