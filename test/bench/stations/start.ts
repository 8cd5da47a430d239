import type { Floor } from '../floors/floor.ts';
import type { Bench } from '../part.ts';
import type { Grown } from '../parts/scale.ts';
import { alternately } from '../statistics.ts';

/** From the order to start until `/readyz` is well and the controller has listed everything, process by process. */
export async function measureStart(
  grown: Grown,
  startFloor: () => Promise<Floor>,
  { plan, record, say }: Bench,
): Promise<void> {
  const size = grown.resources;
  const seconds = async (which: 'webhook' | 'controller') => (await grown.restart(which)).readyAfterMs / 1000;
  const measured = await alternately(
    plan.rounds,
    {
      webhook: () => seconds('webhook'),
      controller: () => seconds('controller'),
      bare: async () => {
        const { running } = await startFloor();
        await running.stop();
        return running.readyAfterMs / 1000;
      },
    },
    (round) => say(`${size} resources: start ${round} of ${plan.rounds}`),
  );
  record.rounds(`start-${size}-bare-node`, measured.bare, 's');
  for (const which of ['webhook', 'controller'] as const) {
    const took = record.rounds(`start-${size}-${which}`, measured[which], 's');
    record.bar(
      `start-${which}-${size}`,
      took,
      'at most',
      size === 0 ? 1 : 5,
      `seconds until ready, with ${size} resources`,
    );
  }
}
