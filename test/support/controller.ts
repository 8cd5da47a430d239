import { gatewayKind } from '../../src/kinds/api-gateway.ts';
import { table } from '../../src/kinds/table.ts';
import { createKubeClient, loadKubeConfig, type KubeClient } from '../../src/kube/client.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { createLogger } from '../../src/runtime/logger.ts';
import { createRegistry } from '../../src/runtime/metrics.ts';
import { alone } from '../../controller/shards/contend.ts';
import { runController } from '../../controller/controller.ts';
import { controllerMetrics } from '../../controller/metrics.ts';

export interface RunningController {
  readonly client: KubeClient;
  stop(): Promise<void>;
}

/** Runs the controller in this process, without election, and resolves when it has begun to work. */
export async function startController(
  kubeconfig: string,
  options: { readonly driftIntervalMs?: number; readonly namespace?: string } = {},
): Promise<RunningController> {
  const client = createKubeClient({ kubeConfig: loadKubeConfig({ path: kubeconfig }) });
  const stopping = new AbortController();
  const ready = Promise.withResolvers<undefined>();
  const run = runController(
    {
      namespace: options.namespace ?? 'default',
      identity: 'test',
      driftIntervalMs: options.driftIntervalMs ?? 1000,
      clusterDomain: 'cluster.local',
      allowLoopback: true,
      shards: 1,
    },
    {
      client,
      table,
      gatewayKind,
      clock: systemClock,
      logger: createLogger({
        name: 'controller',
        level: process.env.TEST_LOG === 'debug' ? 'debug' : 'error',
      }),
      metrics: controllerMetrics(createRegistry()),
      contend: alone,
      ready: () => ready.resolve(undefined),
    },
    stopping.signal,
  );
  await Promise.race([ready.promise, run]);
  return {
    client,
    stop: async () => {
      stopping.abort();
      await run.catch((error: unknown) => {
        if (!stopping.signal.aborted) throw error;
      });
    },
  };
}
