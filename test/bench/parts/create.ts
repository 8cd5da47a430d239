import { startFloor } from '../floors/floor.ts';
import { installType } from '../floors/floor-type.ts';
import type { Part } from '../part.ts';
import { allowedType, api, apiType, unreviewedType } from '../resources.ts';
import { openScene } from '../scene.ts';
import { alternately, medianRatio, quantile } from '../statistics.ts';

const operations = 30;

export const create: Part = {
  name: 'create',
  group: 'admission',
  about: 'one creation after the other through the API server: with both webhooks against none',
  run: async (bench) => {
    const { plan, record, say } = bench;
    const scene = await openScene(bench);
    try {
      await scene.startWebhook();
      await scene.addGateway('gateway', 'http://127.0.0.1:20000');
      await installType(scene, unreviewedType);
      await installType(scene, allowedType, await startFloor(scene.programs, { script: 'bare.ts' }));
      const p50 = (type: typeof apiType) => async (round: number) => {
        const tookMs: number[] = [];
        for (let index = 0; index < plan.create.each; index += 1) {
          const object = api(`made-${round + 1}-${index}`, { operations, type });
          const asked = performance.now();
          await scene.client.create(type, object);
          tookMs.push(performance.now() - asked);
        }
        return quantile(tookMs, 0.5);
      };
      const contenders = { ours: p50(apiType), none: p50(unreviewedType), allowAll: p50(allowedType) };
      for (const contender of Object.values(contenders)) await contender(-1);
      const measured = await alternately(plan.rounds, contenders, (round) =>
        say(`round ${round} of ${plan.rounds}`),
      );
      record.rounds('create-p50-with-both-webhooks', measured.ours, 'ms');
      record.rounds('create-p50-with-none', measured.none, 'ms');
      record.rounds('create-p50-with-two-that-allow-all', measured.allowAll, 'ms');
      record.figure(
        'create-against-two-that-allow-all',
        medianRatio(measured.ours, measured.allowAll),
        'times',
      );
      record.bar(
        'create',
        medianRatio(measured.ours, measured.none),
        'at most',
        1.5,
        'p50 of a creation with both webhooks / with none',
      );
    } finally {
      await scene.close();
    }
  },
};
