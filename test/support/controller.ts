import { gatewayKind } from '../../src/kinds/api-gateway.ts';
import { table } from '../../src/kinds/table.ts';
import { createKubeClient, loadKubeConfig, type KubeClient } from '../../src/kube/client.ts';
import { systemClock, type Clock } from '../../src/runtime/clock.ts';
import { createLogger, silentLogger, type Logger } from '../../src/runtime/logger.ts';
import { createRegistry } from '../../src/runtime/metrics.ts';
import { alone } from '../../controller/shards/contend.ts';
import { runController } from '../../controller/controller.ts';
import { controllerMetrics, controllersOf, type ControllerMetrics } from '../../controller/metrics.ts';

export interface RunningController {
  readonly client: KubeClient;
  readonly metrics: ControllerMetrics;
  stop(): Promise<void>;
}

/** Runs the controller in this process, without election, and resolves when it has begun to work. */
export async function startController(
  kubeconfig: string,
  options: {
    readonly driftIntervalMs?: number;
    readonly namespace?: string;
    readonly besidePlatformOperator?: boolean;
    readonly maxRemovalPercent?: number;
    readonly deletionTimeoutMs?: number;
    /** Puts something between the controller and the API server. */
    readonly through?: (client: KubeClient) => KubeClient;
    /** `Any` when absent: there is no webhook that could grant anything. */
    readonly reach?: 'Granted' | 'Any';
    /** All where there is none. */
    readonly watchNamespaces?: readonly string[];
    readonly policyReports?: boolean;
    readonly packsConfigMap?: string;
    readonly clock?: Clock;
  } = {},
): Promise<RunningController> {
  const client = createKubeClient({ kubeConfig: loadKubeConfig({ path: kubeconfig }) });
  const stopping = new AbortController();
  const ready = Promise.withResolvers<undefined>();
  const metrics = controllerMetrics(createRegistry(), controllersOf(table, gatewayKind));
  const run = runController(
    {
      namespace: options.namespace ?? 'default',
      identity: 'test',
      driftIntervalMs: options.driftIntervalMs ?? 1000,
      clusterDomain: 'cluster.local',
      allowLoopback: true,
      defaultCredentials: false,
      deletionTimeoutMs: options.deletionTimeoutMs,
      maxRemovalPercent: options.maxRemovalPercent ?? 20,
      reach: options.reach ?? 'Any',
      besidePlatformOperator: options.besidePlatformOperator ?? false,
      watchNamespaces: options.watchNamespaces ?? [],
      shards: 1,
      policyReports: options.policyReports ?? false,
      packsConfigMap: options.packsConfigMap,
    },
    {
      client: options.through?.(client) ?? client,
      table,
      gatewayKind,
      clock: options.clock ?? systemClock,
      logger: loggerFor(options.through !== undefined),
      metrics,
      contend: alone,
      ready: () => ready.resolve(undefined),
    },
    stopping.signal,
  );
  // Whoever comes between may well make it fail; it is then stopped as if nothing had been.
  if (options.through !== undefined) run.catch(() => undefined);
  await Promise.race([ready.promise, run]);
  return {
    client,
    metrics,
    stop: async () => {
      stopping.abort();
      await run.catch((error: unknown) => {
        if (!stopping.signal.aborted) throw error;
      });
    },
  };
}

/** What somebody does to it on purpose is not worth a line. */
function loggerFor(isDisturbed: boolean): Logger {
  if (process.env.TEST_LOG === 'debug') return createLogger({ name: 'controller', level: 'debug' });
  return isDisturbed ? silentLogger : createLogger({ name: 'controller', level: 'error' });
}
