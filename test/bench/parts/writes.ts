import { inParallel } from '../in-parallel.ts';
import type { Part } from '../part.ts';
import { followReadiness } from '../readiness.ts';
import { warmUp } from '../warm-up.ts';
import { api, apiType, namespace } from '../resources.ts';
import { openScene } from '../scene.ts';
import { writesDuring } from '../writes.ts';

export const writes: Part = {
  name: 'writes',
  group: 'convergence',
  about:
    'what is written to Kubernetes and to the gateway for a creation and for a change, the own writes of users included',
  run: async (bench) => {
    const { plan, record, say, signal } = bench;
    const { resources } = plan.writes;
    const scene = await openScene(bench);
    try {
      await scene.startWebhook();
      await scene.startController();
      const site = await scene.startSite('gateway');
      await scene.addGateway('gateway', site.url);
      const readiness = await followReadiness(scene.client, signal);
      await warmUp(scene, readiness);
      say(`${resources} creations`);
      const created = await writesDuring(scene, [site], async () => {
        await inParallel(resources, (index) => scene.client.create(apiType, api(`one-${index}`)));
        await readiness.ready(resources);
      });
      say(`${resources} changes`);
      const changed = await writesDuring(scene, [site], async () => {
        await inParallel(resources, (index) =>
          scene.client.mergePatch(apiType, namespace, `one-${index}`, { spec: { version: 'v1.1' } }),
        );
        await readiness.observed(resources, 2);
      });
      readiness.stop();
      for (const [deed, { kubernetes, gateways }] of Object.entries({ created, changed })) {
        const about = `for each that was ${deed}`;
        record.bar(
          `writes-kubernetes-${deed}`,
          kubernetes / resources,
          'at most',
          2,
          `Kubernetes writes ${about}`,
        );
        record.bar(`writes-gateway-${deed}`, gateways / resources, 'at most', 1, `gateway writes ${about}`);
      }
    } finally {
      await scene.close();
    }
  },
};
