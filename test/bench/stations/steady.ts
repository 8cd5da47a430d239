import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../part.ts';
import type { Grown } from '../parts/scale.ts';
import { cpuSeconds } from '../process-usage.ts';
import type { Site } from '../scene.ts';
import { writesDuring } from '../writes.ts';

/** The interval that is usual, in seconds; with a shorter one the same comparison comes more often. */
const usualInterval = 60;

/** Nothing happens: what does the controller do all the same? */
export async function measureSteady(grown: Grown, { plan, record, say }: Bench): Promise<void> {
  const { readiness, sites, scene, controller, resources } = grown;
  const { intervalSeconds, intervals } = plan.scale;
  for (const index of sites.keys()) await readiness.programmed(`gateway-${index + 1}`, resources);
  // The counts of the APIGateways follow what they count by ten seconds, and what was made is compared once.
  await sleep(Math.max(15, 2 * intervalSeconds) * 1000);
  say(`${intervals} intervals of ${intervalSeconds} s in which nothing happens`);
  const before = cpuSeconds(controller.pid);
  const begun = performance.now();
  const { kubernetes, gateways } = await writesDuring(scene, sites, async () => {
    await sleep(intervals * intervalSeconds * 1000);
  });
  const took = (performance.now() - begun) / 1000;
  const perInterval = ((cpuSeconds(controller.pid) - before) / took) * intervalSeconds;
  const floor = await floorOf(sites);
  const what = `${resources}-${sites.length}-gateways`;
  record.figure(`steady-cpu-${what}`, perInterval, 's/interval');
  record.figure(`steady-cpu-floor-${what}`, floor, 's/interval');
  record.figure(`steady-cpu-against-floor-${what}`, perInterval / floor, 'times');
  record.bar(
    `steady-cpu-${what}`,
    (perInterval / usualInterval) * 100,
    'at most',
    2,
    `CPU of a comparison of ${resources} resources at ${sites.length} gateways, in % of one core at one in ${usualInterval} s`,
  );
  record.bar(
    `idle-kubernetes-${what}`,
    kubernetes,
    'at most',
    0,
    `Kubernetes writes in ${intervals} intervals`,
  );
  record.bar(`idle-gateway-${what}`, gateways, 'at most', 0, `gateway writes in ${intervals} intervals`);
}

/** What it costs this process to read the same lists and to parse them: one of them, three times over. */
async function floorOf(sites: readonly Site[]): Promise<number> {
  const before = process.cpuUsage();
  for (const { url } of sites) {
    const headers = { authorization: `Basic ${btoa('admin:admin')}` };
    const answer = await fetch(`${url}/api/management/v1/rest-apis`, { headers });
    JSON.parse(await answer.text());
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
