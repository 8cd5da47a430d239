import { hostname } from 'node:os';
import { randomBytes } from 'node:crypto';
import { gatewayKind } from '../src/kinds/api-gateway.ts';
import { table } from '../src/kinds/table.ts';
import { createKubeClient, loadKubeConfig } from '../src/kube/client.ts';
import { elect } from '../src/kube/election.ts';
import { reviewedAccess } from '../src/kube/metrics-access.ts';
import { systemClock } from '../src/runtime/clock.ts';
import { all, runMain } from '../src/runtime/lifetime.ts';
import { createLogger } from '../src/runtime/logger.ts';
import { createRegistry } from '../src/runtime/metrics.ts';
import { serveProbes } from '../src/runtime/probes.ts';
import { describeSettings, readSettings } from '../src/runtime/settings.ts';
import { unending, type Tenure } from '../src/runtime/tenure.ts';
import { runController } from './controller.ts';
import { controllerMetrics, controllersOf } from './metrics.ts';
import { whileOperatorRests } from './platform/while-operator-rests.ts';
import { controllerSettings } from './settings.ts';
import { leading, sharing, told, under, type Contend } from './shards/contend.ts';

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

/** How often the Lease of the platform's operator is looked at; it is renewed every two seconds. */
const operatorPaces = { waitingMs: 1000, workingMs: 2000 };

/** The reconciling process: probes at once, the work as soon as this replica may do some of it. */
async function main(signal: AbortSignal): Promise<void> {
  const settings = readSettings(process.env, controllerSettings);
  const logger = createLogger({ name: 'controller', level: settings.logLevel });
  const clock = systemClock;
  const registry = createRegistry({ defaults: true });
  const metrics = controllerMetrics(registry, controllersOf(table, gatewayKind));
  const client = createKubeClient({
    kubeConfig: loadKubeConfig({ path: settings.kubeconfig }),
    answered: ({ status = '<error>', method, host }) =>
      metrics.runtime.apiCalls.inc({ code: String(status), method, host }),
  });
  const { namespace, probeHost, probePort, leaderElection } = settings;
  const identity = `${hostname()}-${randomBytes(4).toString('hex')}`;

  const shards = leaderElection ? settings.shards : 1;
  const isLed = leaderElection && shards === 1;
  // Who waits to be elected is ready: it does all that it is there for. Others are when they could begin at once.
  const unlisted = isLed ? undefined : 'the resources have not been listed yet';
  let unready = unlisted;
  const probes = await serveProbes(
    {
      host: probeHost,
      port: probePort,
      ready: () => (unready === undefined ? [] : [unready]),
      registry,
      admit: settings.metricsAccess === 'reviewed' ? reviewedAccess({ client, clock, logger }) : undefined,
    },
    signal,
  );
  logger.info({ port: probes.port, identity }, 'Serving probes');

  const options = { ...settings, shards, identity, driftIntervalMs: settings.driftIntervalSeconds * 1000 };
  const dependencies = { client, table, gatewayKind, logger, clock, metrics };
  const ready = () => {
    unready = undefined;
    logger.info({}, 'Every kind is listed; the work begins');
  };
  const blocked = (reason: string | undefined) => {
    unready = reason ?? unlisted;
  };
  const guard = { identity, namespaces: settings.platformOperatorNamespaces, ...operatorPaces };
  const work = async (contend: (tenure: Tenure) => Contend, joint: AbortSignal, tenure: Tenure) => {
    const control = (turn: AbortSignal, until: Tenure) =>
      runController(options, { ...dependencies, ready, contend: contend(until) }, turn);
    if (settings.besidePlatformOperator) await control(joint, tenure);
    else await whileOperatorRests(guard, { ...dependencies, blocked }, control, joint, tenure);
  };
  const leaseMs = settings.leaseSeconds * 1000;
  // Three tries fit into the two thirds of it that are used.
  const lease = { namespace, name: leaseName, identity, leaseMs, renewMs: leaseMs / 5 };
  const electing = { client, clock, logger };
  const leaseOf = (shard: number) => (isLed ? leaseName : `${leaseName}-${shard}`);
  const tell = (shard: number, is: 0 | 1) => metrics.runtime.leader.set({ name: leaseOf(shard) }, is);
  if (leaderElection) for (let shard = 0; shard < shards; shard += 1) tell(shard, 0);
  const shared = (tenure: Tenure) => told(under(tenure, sharing({ ...lease, shards }, electing)), tell);
  await all(signal, [
    () => probes.done,
    (joint) => {
      if (!leaderElection) return work(leading, joint, unending(joint));
      // What is under way when the signal comes is brought to its end: each shard's own tenure says how long.
      if (!isLed) return work(shared, joint, unending(new AbortController().signal));
      const lead = (reign: AbortSignal, tenure: Tenure) =>
        work((until) => told(leading(until), tell), reign, tenure);
      return elect(lease, electing, lead, joint);
    },
  ]);
}

if (process.argv.includes('--help') || process.argv.includes('-h')) process.stdout.write(help);
else runMain('controller', main);
