import { startFloor } from '../floors/floor.ts';
import { installType } from '../floors/floor-type.ts';
import { Pipeline } from '../floors/pipeline.ts';
import { inParallel } from '../in-parallel.ts';
import type { Bench, Part } from '../part.ts';
import { cpuSeconds } from '../process-usage.ts';
import type { Running } from '../programs.ts';
import { followReadiness, type Readiness } from '../readiness.ts';
import { allowedType, api, apiType, namespace } from '../resources.ts';
import { openScene, type Scene } from '../scene.ts';
import { alternately, median, medianRatio } from '../statistics.ts';
import { warmUp } from '../warm-up.ts';

/** Both ways, each with a gateway of its own. */
interface Ways {
  readonly scene: Scene;
  readonly readiness: Readiness;
  readonly pipeline: Pipeline;
  readonly controller: Running;
}

export const convergence: Part = {
  name: 'convergence',
  group: 'convergence',
  about:
    '16 clients create until all is Ready, and delete until all is gone: against a script that does the unavoidable',
  run: async (bench) => {
    const { plan, record, say, signal } = bench;
    const scene = await openScene(bench);
    try {
      const webhook = await scene.startWebhook();
      const controller = await scene.startController();
      const ours = await scene.startSite('gateway');
      const theirs = await scene.startSite('floor-gateway');
      await scene.addGateway('gateway', ours.url);
      await installType(scene, allowedType, await startFloor(scene.programs, { script: 'bare.ts' }));
      const readiness = await followReadiness(scene.client, signal);
      const { status } = await warmUp(scene, readiness);
      const pipeline = new Pipeline(scene.client, theirs, status);
      const ways = { scene, readiness, pipeline, controller };
      const perResource = new Map<number, number>();
      for (const size of plan.convergence.sizes) {
        const isSliced = size >= plan.convergence.slicedFrom;
        perResource.set(size, isSliced ? await inSlices(size, bench, ways) : await anew(size, bench, ways));
      }
      const [smaller, larger] = [...perResource.keys()].filter((size) => size >= 1000);
      if (smaller !== undefined && larger !== undefined)
        record.bar(
          'convergence-flat',
          perResource.get(larger)! / perResource.get(smaller)!,
          'at most',
          1.3,
          `time per resource at ${larger} / at ${smaller}`,
        );
      record.figure('convergence-status-writes', await statusWrites(scene), 'in all');
      for (const { name, pid } of [webhook, controller, ours.running])
        record.figure(`convergence-cpu-of-${name}`, cpuSeconds(pid), 's in all');
      say('the processes end');
      readiness.stop();
      await pipeline.close();
    } finally {
      await scene.close();
    }
  },
};

/** How many statuses the controller has written; with one for each that was made there was nothing to say in between. */
async function statusWrites({ controllerProbeUrl }: Scene): Promise<number> {
  const page = await (await fetch(`${controllerProbeUrl}/metrics`)).text();
  return Number(/^portcullis_controller_status_writes_total (\d+)/m.exec(page)?.[1]);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

const named = (size: number, prefix: string) =>
  Array.from({ length: size }, (_, index) => `${prefix}-${index}`);

const curve = {
  name: 'convergence',
  title: 'Time per resource until Ready, by 16 clients',
  x: 'resources',
  y: 'ms per resource',
};

/** Every round makes all of them and takes them away again. Gives our time for one of them, in seconds. */
async function anew(size: number, { plan, record, say }: Bench, ways: Ways): Promise<number> {
  const { scene, readiness, pipeline, controller } = ways;
  const gone = { ours: [] as number[], floor: [] as number[] };
  const cpu: number[] = [];
  const contenders = {
    ours: async (round: number) => {
      const names = named(size, `r${size}-${round}`);
      const before = cpuSeconds(controller.pid);
      const took = await timed(async () => {
        await inParallel(size, (index) => scene.client.create(apiType, api(names[index]!)));
        await readiness.ready(size);
      });
      cpu.push(((cpuSeconds(controller.pid) - before) * 1000) / size);
      gone.ours.push(
        await timed(async () => {
          await inParallel(size, (index) => scene.client.delete(apiType, namespace, names[index]!));
          await readiness.left(0);
        }),
      );
      return took;
    },
    floor: async (round: number) => {
      const names = named(size, `r${size}-${round}`);
      const took = await timed(() => pipeline.create(names));
      gone.floor.push(await timed(() => pipeline.remove(names)));
      return took;
    },
  };
  const { ours, floor } = await alternately(plan.rounds, contenders, (round) =>
    say(`${size} resources: round ${round} of ${plan.rounds}`),
  );
  record.rounds(`convergence-${size}-controller-cpu`, cpu, 'ms/resource');
  report(record, size, size, { ours, floor });
  record.rounds(`deletion-${size}-ours`, gone.ours, 's');
  record.rounds(`deletion-${size}-floor`, gone.floor, 's');
  const about = `until ${size} are gone / the unavoidable`;
  record.bar(`deletion-${size}`, medianRatio(gone.ours, gone.floor), 'at most', 1.5, about);
  return median(ours) / size;
}

/** Each round adds a part, so that as many are there at the end as were asked for. */
async function inSlices(size: number, { plan, record, say }: Bench, ways: Ways): Promise<number> {
  const { scene, readiness, pipeline } = ways;
  const slice = Math.round(size / plan.rounds);
  const names = (round: number) => named(slice, `s${size}-${round}`);
  const rounds = Array.from({ length: plan.rounds }, (_, round) => round);
  const contenders = {
    ours: (round: number) =>
      timed(async () => {
        await inParallel(slice, (index) => scene.client.create(apiType, api(names(round)[index]!)));
        await readiness.ready((round + 1) * slice);
      }),
    floor: (round: number) => timed(() => pipeline.create(names(round))),
  };
  const { ours, floor } = await alternately(plan.rounds, contenders, (round) =>
    say(`${round * slice} of ${size} resources, in slices`),
  );
  for (const round of rounds) {
    record.point(slices, 'Portcullis', (round + 1) * slice, (ours[round]! * 1000) / slice);
    record.point(slices, 'the unavoidable', (round + 1) * slice, (floor[round]! * 1000) / slice);
  }
  report(record, size, slice, { ours, floor });
  say(`${size} resources go`);
  const gone = {
    ours: await timed(async () => {
      const all = rounds.flatMap(names);
      await inParallel(all.length, (index) => scene.client.delete(apiType, namespace, all[index]!));
      await readiness.left(0);
    }),
    floor: await timed(() => pipeline.remove(rounds.flatMap(names))),
  };
  record.figure(`deletion-${size}-ours`, gone.ours, 's');
  record.figure(`deletion-${size}-floor`, gone.floor, 's');
  return sum(ours) / (slice * plan.rounds);
}

const slices = {
  name: 'convergence-slices',
  title: 'Time per resource while the number grows',
  x: 'resources there already',
  y: 'ms per resource',
};

function report(
  record: Bench['record'],
  size: number,
  inRound: number,
  { ours, floor }: Readonly<Record<'ours' | 'floor', readonly number[]>>,
): void {
  record.rounds(`convergence-${size}-ours`, ours, 's/round');
  record.rounds(`convergence-${size}-floor`, floor, 's/round');
  const [one = 0, other = 0] = [ours, floor].map((rounds) => median(rounds));
  record.point(curve, 'Portcullis', size, (one * 1000) / inRound);
  record.point(curve, 'the unavoidable', size, (other * 1000) / inRound);
  const about = `until ${size} are Ready / the unavoidable`;
  record.bar(`convergence-${size}`, medianRatio(ours, floor), 'at most', 1.5, about);
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
