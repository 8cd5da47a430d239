import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFloor } from '../floors/floor.ts';
import { inParallel } from '../in-parallel.ts';
import { burst, type Burst } from '../load/load.ts';
import { reviews } from '../load/reviews.ts';
import type { Bench, Part } from '../part.ts';
import { cpuSeconds } from '../process-usage.ts';
import { api, apiType } from '../resources.ts';
import { openScene } from '../scene.ts';
import { median, medianRatio } from '../statistics.ts';

const operations = 30;
/** What is measured runs alone on the one, and the one who measures on the other. */
const cores = { served: 0, asking: 1 };
const gateways = 3;

interface Server {
  readonly name: 'ours' | 'bare' | 'express-ajv';
  readonly url: string;
  readonly pid: number;
}

/** What a server came to, round by round. */
interface Measured {
  readonly cpuMicros: number[];
  readonly perSecond: number[];
  readonly p99Ms: number[];
}

export const admission: Part = {
  name: 'admission',
  group: 'admission',
  about:
    'reviews alone: CPU time, throughput and latency against two floors, with more and more resources cached',
  run: async (bench) => {
    const { plan, record, say } = bench;
    const scene = await openScene(bench);
    try {
      const webhook = await scene.startWebhook(cores.served);
      const bodies = join(scene.programs.folder, 'reviews.json');
      await writeFile(bodies, JSON.stringify(reviews(operations)));
      for (let index = 0; index < gateways; index += 1)
        await scene.addGateway(`gateway-${index}`, `http://127.0.0.1:${20_000 + index}`);
      const bare = await startFloor(scene.programs, { script: 'bare.ts', core: cores.served });
      const judging = await startFloor(scene.programs, { script: 'express-ajv.ts', core: cores.served });
      const servers: readonly Server[] = [
        { name: 'ours', url: `${scene.webhookUrl}/validate`, pid: webhook.pid },
        { name: 'bare', url: `${bare.url}/validate`, pid: bare.running.pid },
        { name: 'express-ajv', url: `${judging.url}/validate`, pid: judging.running.pid },
      ];
      const mutating = { ...servers[0]!, url: `${scene.webhookUrl}/mutate` };
      await scene.withoutReviews();
      let there = 0;
      const proportions = new Map<number, number>();
      for (const cached of plan.admission.cached) {
        const first = there;
        await inParallel(cached - first, (index) =>
          scene.client.create(apiType, api(`cached-${first + index}`, { operations })),
        );
        there = cached;
        // What the webhook does with what it hears is not to be in the first round.
        if (cached > first) await sleep(3000);
        proportions.set(cached, await measure(bench, { servers, mutating, bodies, cached }));
      }
      const [least, most] = [Math.min(...proportions.keys()), Math.max(...proportions.keys())];
      if (most > least)
        record.bar(
          `admission-cached-${most}`,
          proportions.get(most)! / proportions.get(least)!,
          'at most',
          1.15,
          `CPU per review with ${most} resources cached / with ${least}, each against express + ajv in the same rounds`,
        );
    } finally {
      say('the processes end');
      await scene.close();
    }
  },
};

interface Station {
  readonly servers: readonly Server[];
  readonly mutating: Server;
  readonly bodies: string;
  readonly cached: number;
}

/** One number of cached resources, all rounds. Gives our CPU time in proportion to that of express + ajv. */
async function measure(
  { plan, record, say }: Bench,
  { servers, mutating, bodies, cached }: Station,
): Promise<number> {
  const ask = async ({ url, pid }: Server, connections: number, count: number) => {
    const before = cpuSeconds(pid);
    const result = await burst({ url, bodies, connections, count, core: cores.asking });
    return { ...result, cpuMicros: ((cpuSeconds(pid) - before) * 1e6) / result.count };
  };
  const { at16, at1 } = plan.admission.reviews;
  for (const server of [...servers, mutating]) await ask(server, 16, 2 * at16);
  const many = new Map(servers.map(({ name }) => [name, empty()]));
  const alone = new Map(servers.map(({ name }) => [name, empty()]));
  const mutations: number[] = [];
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const server of servers) {
      note(many.get(server.name)!, await ask(server, 16, at16));
      note(alone.get(server.name)!, await ask(server, 1, at1));
    }
    mutations.push((await ask(mutating, 16, at16)).cpuMicros);
    say(
      `${cached} cached, round ${round + 1} of ${plan.rounds}: ${median(many.get('ours')!.cpuMicros).toFixed(0)} µs`,
    );
  }
  for (const { name } of servers) {
    const [at, one] = [many.get(name)!, alone.get(name)!];
    const micros = record.rounds(`admission-${cached}-${name}-cpu`, at.cpuMicros, 'µs/review');
    record.rounds(`admission-${cached}-${name}-cpu-alone`, one.cpuMicros, 'µs/review');
    record.rounds(`admission-${cached}-${name}-throughput`, at.perSecond, 'reviews/s');
    record.rounds(`admission-${cached}-${name}-p99-alone`, one.p99Ms, 'ms');
    record.point(curve, name, cached, micros);
  }
  record.rounds(`admission-${cached}-ours-mutate-cpu`, mutations, 'µs/review');
  const ratio = (of: typeof many, what: keyof Measured, floor: Server['name']) =>
    medianRatio(of.get('ours')![what], of.get(floor)![what]);
  const cpu = ratio(many, 'cpuMicros', 'express-ajv');
  record.bar(
    `admission-cpu-${cached}`,
    cpu,
    'at most',
    1.4,
    'CPU per review at 16 connections / express + ajv',
  );
  record.bar(
    `admission-throughput-${cached}`,
    ratio(many, 'perSecond', 'bare'),
    'at least',
    0.6,
    'reviews per second at 16 connections / bare Node',
  );
  record.bar(
    `admission-p99-${cached}`,
    ratio(alone, 'p99Ms', 'bare'),
    'at most',
    2.5,
    'p99 at 1 connection / bare Node',
  );
  return cpu;
}

const curve = {
  name: 'admission-cpu',
  title: 'CPU time per review, 16 connections',
  x: 'resources cached',
  y: 'µs',
};

const empty = (): Measured => ({ cpuMicros: [], perSecond: [], p99Ms: [] });

function note(
  measured: Measured,
  { cpuMicros, count, seconds, p99Ms }: Burst & { readonly cpuMicros: number },
): void {
  measured.cpuMicros.push(cpuMicros);
  measured.perSecond.push(count / seconds);
  measured.p99Ms.push(p99Ms);
}
