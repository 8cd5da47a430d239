import { startFloor } from '../floors/floor.ts';
import { inParallel } from '../in-parallel.ts';
import type { Bench, Part } from '../part.ts';
import type { Running } from '../programs.ts';
import { followReadiness, type Readiness } from '../readiness.ts';
import { api, apiType } from '../resources.ts';
import { openScene, type Scene, type Site } from '../scene.ts';
import { measureMemory } from '../stations/memory.ts';
import { measureStart } from '../stations/start.ts';
import { measureSteady } from '../stations/steady.ts';

/** What grows from station to station. */
export interface Grown {
  readonly scene: Scene;
  readonly readiness: Readiness;
  readonly sites: Site[];
  resources: number;
  webhook: Running;
  controller: Running;
  /** Starts a process anew, with everything that is there by now. */
  restart(which: 'webhook' | 'controller'): Promise<Running>;
}

const gatewaysWhenSteady = 3;

export const scale: Part = {
  name: 'scale',
  group: 'scale',
  items: ['memory', 'startup', 'steady'],
  about:
    'memory, start and steady state (CPU of a comparison, writes when idle), with more and more resources',
  run: async (bench) => {
    const { plan, say, items } = bench;
    const { sizes, steady, intervalSeconds } = plan.scale;
    const settings = { PORTCULLIS_DRIFT_INTERVAL_SECONDS: String(intervalSeconds) };
    const scene = await openScene(bench);
    try {
      const webhook = await scene.startWebhook();
      const controller = await scene.startController(settings);
      const grown: Grown = {
        scene,
        // Not before: a watch of a definition that has just been made was seen to hear nothing for 90 s.
        readiness: await followReadiness(scene.client, bench.signal),
        sites: [],
        resources: 0,
        webhook,
        controller,
        restart: async (which) => {
          await grown[which].stop();
          const started = which === 'webhook' ? scene.startWebhook() : scene.startController(settings);
          return (grown[which] = await started);
        },
      };
      await addSite(grown);
      for (const size of stationsOf(bench)) {
        await growTo(size, grown, bench);
        if (items.has('startup') && (size === 0 || size === steady)) {
          const floor = () => startFloor(scene.programs, { script: 'bare.ts' });
          await measureStart(grown, floor, bench);
        }
        if (items.has('memory') && sizes.includes(size)) await measureMemory(grown, bench);
        if (items.has('steady') && size === steady) {
          say(`${gatewaysWhenSteady} gateways`);
          while (grown.sites.length < gatewaysWhenSteady) await addSite(grown);
          await measureSteady(grown, bench);
        }
      }
      grown.readiness.stop();
      say('the processes end');
    } finally {
      await scene.close();
    }
  },
};

/** At how many resources something is measured. */
function stationsOf({ plan, items }: Bench): readonly number[] {
  const { sizes, steady } = plan.scale;
  const asked = [
    ...(items.has('memory') ? sizes : []),
    ...(items.has('startup') ? [0, steady] : []),
    ...(items.has('steady') ? [steady] : []),
  ];
  return [...new Set(asked)].toSorted((one, other) => one - other);
}

async function addSite({ scene, sites }: Grown): Promise<void> {
  const name = `gateway-${sites.length + 1}`;
  const site = await scene.startSite(name);
  sites.push(site);
  // Only what is there when nothing is to happen stands at all three.
  if (sites.length === 1) await scene.addGatewayForAll(name, site.url);
  else await scene.addGateway(name, site.url);
}

async function growTo(size: number, grown: Grown, { say, plan }: Bench): Promise<void> {
  const { resources: from, scene, readiness } = grown;
  if (size <= from) return;
  const taken = from < plan.scale.steady ? 'yes' : 'one';
  say(`${size} resources are made`);
  await inParallel(size - from, (index) =>
    scene.client.create(apiType, api(`grown-${from + index}`, { taken })),
  );
  say('they are stored');
  await readiness.ready(size);
  say('they are Ready');
  grown.resources = size;
}
