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
import { type Tenure, unending } from '../src/runtime/tenure.ts';
import { describeSettings, readSettings } from '../src/runtime/settings.ts';
import { runController } from './controller.ts';
import { controllerMetrics, controllersOf } from './metrics.ts';
import { whileOperatorRests } from './platform/while-operator-rests.ts';
import { controllerSettings } from './settings.ts';

const help = `The controller of Portcullis. It takes no arguments; it is told everything by its environment:

${describeSettings(controllerSettings)}
Examples:
  PORTCULLIS_NAMESPACE=portcullis-system npx node controller/main.ts
  PORTCULLIS_NAMESPACE=demo PORTCULLIS_KUBECONFIG=~/.kube/config PORTCULLIS_ALLOW_LOOPBACK=true \\
    PORTCULLIS_DRIFT_INTERVAL_SECONDS=10 PORTCULLIS_LEADER_ELECTION=false npx node controller/main.ts

Exit status: 0 after a signal, 1 when it could not go on, 2 when a setting is wrong.
`;

/** The Lease of whoever does the work. */
const leaseName = 'portcullis-controller';

/** How often the Lease of the platform's operator is looked at; it is renewed every two seconds. */
const operatorPaces = { waitingMs: 1000, workingMs: 2000 };

/** The reconciling process: probes at once, the work as soon as this replica may do it. */
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

  // A replica that stands by is ready: it does all that it is there for.
  const unlisted = leaderElection ? undefined : 'the resources have not been listed yet';
  let unready = unlisted;
  const probes = await serveProbes(
    { host: probeHost, port: probePort, ready: () => (unready === undefined ? [] : [unready]), registry },
    signal,
  );
  logger.info({ port: probes.port, identity }, 'Serving probes');

  const options = { ...settings, identity, driftIntervalMs: settings.driftIntervalSeconds * 1000 };
  const dependencies = { client, table, gatewayKind, logger, clock, metrics };
  const ready = () => {
    unready = undefined;
    logger.info({}, 'Every kind is listed; the work begins');
  };
  const control = (turn: AbortSignal, tenure: Tenure) =>
    runController(options, { ...dependencies, ready, tenure }, turn);
  const blocked = (reason: string | undefined) => {
    unready = reason ?? unlisted;
  };
  const guard = { identity, namespaces: settings.platformOperatorNamespaces, ...operatorPaces };
  const leader = (is: 0 | 1) => leaderElection && metrics.runtime.leader.set({ name: leaseName }, is);
  leader(0);
  const lead = async (reign: AbortSignal, tenure: Tenure) => {
    leader(1);
    try {
      if (settings.besidePlatformOperator) await control(reign, tenure);
      else await whileOperatorRests(guard, { ...dependencies, blocked }, control, reign, tenure);
    } finally {
      leader(0);
    }
  };
  const leaseMs = settings.leaseSeconds * 1000;
  // Three tries fit into the two thirds of it that are used.
  const lease = { namespace, name: leaseName, identity, leaseMs, renewMs: leaseMs / 5 };
  await all(signal, [
    () => probes.done,
    (joint) =>
      leaderElection ? elect(lease, { client, clock, logger }, lead, joint) : lead(joint, unending(joint)),
  ]);
}

if (process.argv.includes('--help') || process.argv.includes('-h')) process.stdout.write(help);
else runMain('controller', main);
