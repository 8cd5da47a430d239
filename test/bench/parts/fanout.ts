import { Agent, request } from 'undici';
import { inParallel } from '../in-parallel.ts';
import type { Part } from '../part.ts';
import { followReadiness } from '../readiness.ts';
import { api, apiType } from '../resources.ts';
import { openScene, type Site } from '../scene.ts';
import { alternately, medianRatio } from '../statistics.ts';
import { warmUp } from '../warm-up.ts';

const latencyMs = 300;
/** A port at which nobody listens. */
const dead = 'http://127.0.0.1:9';

export const fanout: Part = {
  name: 'fanout',
  group: 'scale',
  about:
    'three gateways, one of them slow and one dead: does the healthy one get its resources as fast as if it were alone',
  run: async (bench) => {
    const { plan, record, say, signal } = bench;
    const scene = await openScene(bench);
    try {
      await scene.startWebhook();
      await scene.startController();
      const healthy = await scene.startSite('gateway');
      const slow = await scene.startSite('slow-gateway');
      await makeSlow(slow);
      // The same gateway for both, under the name by which it takes one half or the other.
      await scene.addGateway('alone', healthy.url, 'alone');
      const other = await scene.startSite('gateway');
      await scene.addGateway('healthy', other.url, 'three');
      await scene.addGateway('slow', slow.url, 'three');
      await scene.addGateway('dead', dead, 'three');
      const readiness = await followReadiness(scene.client, signal);
      await warmUp(scene, readiness, { taken: 'alone' });
      const slice = Math.round(plan.fanout.resources / plan.rounds);
      const until = (gateway: string, taken: string) => async (round: number) => {
        const begun = performance.now();
        await inParallel(slice, (index) =>
          scene.client.create(apiType, api(`${taken}-${round}-${index}`, { taken })),
        );
        await readiness.programmed(gateway, (round + 1) * slice);
        const seconds = (performance.now() - begun) / 1000;
        // What the slow one still has to do is not to weigh on those that are alone.
        if (taken === 'three') await readiness.programmed('slow', (round + 1) * slice);
        return seconds;
      };
      const { alone, among } = await alternately(
        plan.rounds,
        { alone: until('alone', 'alone'), among: until('healthy', 'three') },
        (round) =>
          say(`${round * slice} of ${plan.fanout.resources} resources, half of them for three gateways`),
      );
      readiness.stop();
      record.rounds('fanout-alone', alone, 's/round');
      record.rounds('fanout-beside-a-slow-and-a-dead-one', among, 's/round');
      record.bar(
        'fanout-healthy',
        medianRatio(among, alone),
        'at most',
        1.2,
        `until a healthy gateway has ${slice} more, beside one of ${latencyMs} ms and a dead one / alone`,
      );
    } finally {
      await scene.close();
    }
  },
};

async function makeSlow({ adminUrl }: Site): Promise<void> {
  const { statusCode } = await request(`${adminUrl}/emulator/faults`, {
    dispatcher: new Agent(),
    method: 'POST',
    body: JSON.stringify({ delayMs: latencyMs }),
  });
  if (statusCode !== 201) throw new Error(`the gateway can't be made slow: ${statusCode}`);
}
