import { hostname } from 'node:os';
import { randomBytes } from 'node:crypto';
import { gatewayKind } from '../src/kinds/api-gateway.ts';
import { table } from '../src/kinds/table.ts';
import { createKubeClient, loadKubeConfig } from '../src/kube/client.ts';
import { elect } from '../src/kube/election.ts';
import { systemClock } from '../src/runtime/clock.ts';
import { all, runMain } from '../src/runtime/lifetime.ts';
import { createLogger } from '../src/runtime/logger.ts';
import { createRegistry } from '../src/runtime/metrics.ts';
import { serveProbes } from '../src/runtime/probes.ts';
import { describeSettings, readSettings } from '../src/runtime/settings.ts';
import { runController } from './controller.ts';
import { controllerMetrics } from './metrics.ts';
import { controllerSettings } from './settings.ts';
import { alone, leading, sharing, type Contend } from './shards/contend.ts';

const help = `The controller of Portcullis. It takes no arguments; it is told everything by its environment:

${describeSettings(controllerSettings)}
Examples:
  PORTCULLIS_NAMESPACE=portcullis-system npx node controller/main.ts
  PORTCULLIS_NAMESPACE=demo PORTCULLIS_KUBECONFIG=~/.kube/config PORTCULLIS_ALLOW_LOOPBACK=true \\
    PORTCULLIS_DRIFT_INTERVAL_SECONDS=10 PORTCULLIS_LEADER_ELECTION=false npx node controller/main.ts

Exit status: 0 after a signal, 1 when it could not go on, 2 when a setting is wrong.
`;

/** The Lease of whoever does the work; with several shards, that of all replicas together, and the stem of the others. */
const leaseName = 'portcullis-controller';

/** The reconciling process: probes at once, the work as soon as this replica may do some of it. */
async function main(signal: AbortSignal): Promise<void> {
  const settings = readSettings(process.env, controllerSettings);
  const logger = createLogger({ name: 'controller', level: settings.logLevel });
  const clock = systemClock;
  const client = createKubeClient({ kubeConfig: loadKubeConfig({ path: settings.kubeconfig }) });
  const registry = createRegistry({ defaults: true });
  const metrics = controllerMetrics(registry);
  const { namespace, probeHost, probePort, leaderElection } = settings;
  const identity = `${hostname()}-${randomBytes(4).toString('hex')}`;

  const shards = leaderElection ? settings.shards : 1;
  const isLed = leaderElection && shards === 1;
  // Who waits to be elected is ready: it does all that it is there for. Others are when they could begin at once.
  const unready = new Set(isLed ? [] : ['the resources have not been listed yet']);
  const probes = await serveProbes(
    { host: probeHost, port: probePort, ready: () => [...unready], registry },
    signal,
  );
  logger.info({ port: probes.port, identity }, 'Serving probes');

  const options = { ...settings, shards, identity, driftIntervalMs: settings.driftIntervalSeconds * 1000 };
  const dependencies = { client, table, gatewayKind, logger, clock, metrics };
  const ready = () => {
    unready.clear();
    logger.info({}, 'Every kind is listed; the work begins');
  };
  const leaseMs = settings.leaseSeconds * 1000;
  // Three tries fit into the two thirds of it that are used.
  const lease = { namespace, name: leaseName, identity, leaseMs, renewMs: leaseMs / 5 };
  const electing = { client, clock, logger };
  const run = (contend: Contend, joint: AbortSignal) =>
    runController(options, { ...dependencies, ready, contend }, joint);
  await all(signal, [
    () => probes.done,
    (joint) => {
      if (!leaderElection) return run(alone, joint);
      if (!isLed) return run(sharing({ ...lease, shards }, electing), joint);
      return elect(lease, electing, (reign, tenure) => run(leading(tenure), reign), joint);
    },
  ]);
}

if (process.argv.includes('--help') || process.argv.includes('-h')) process.stdout.write(help);
else runMain('controller', main);
