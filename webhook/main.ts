import { hostname } from 'node:os';
import { startCertificates } from '../certs/certificates.ts';
import { gatewayKind } from '../src/kinds/api-gateway.ts';
import { reviewGroup, reviewPolicyKind } from '../src/kinds/review-policy.ts';
import { table } from '../src/kinds/table.ts';
import { createKubeClient, loadKubeConfig } from '../src/kube/client.ts';
import { createEventRecorder } from '../src/kube/events.ts';
import { reviewedAccess } from '../src/kube/metrics-access.ts';
import { Scope } from '../src/kube/scope.ts';
import { SchemaCheck } from '../src/model/checked.ts';
import { group } from '../src/model/generation.ts';
import { Reviewer } from '../src/review/reviewer.ts';
import { systemClock } from '../src/runtime/clock.ts';
import { all, runMain } from '../src/runtime/lifetime.ts';
import { createLogger } from '../src/runtime/logger.ts';
import { createRegistry } from '../src/runtime/metrics.ts';
import { metricsPage } from '../src/runtime/metrics-page.ts';
import { serveProbes } from '../src/runtime/probes.ts';
import { describeSettings, readSettings } from '../src/runtime/settings.ts';
import { Cache } from './cache.ts';
import { withCachedAccess } from './cached-access.ts';
import { certificateSource } from './certificate-source.ts';
import { drained } from './drain.ts';
import { webhookMetrics } from './metrics.ts';
import { mutate } from './mutate.ts';
import { ofGroup } from './of-group.ts';
import { grantReach } from './reach.ts';
import { ReviewPolicies } from './review-policies.ts';
import { admissionApp, listen, portOf } from './server.ts';
import { mistakesTogether, webhookSettings } from './settings.ts';
import { exposed, tlsOptions } from './tls.ts';
import { validate } from './validate.ts';
import { validatePolicy } from './validate-policy.ts';
import { withinScope } from './within-scope.ts';

const help = `The admission webhook of Portcullis. It takes no arguments; it is told everything by its environment:

${describeSettings(webhookSettings)}
Examples:
  PORTCULLIS_NAMESPACE=portcullis-system npx node webhook/main.ts
  PORTCULLIS_NAMESPACE=demo PORTCULLIS_KUBECONFIG=~/.kube/config PORTCULLIS_HOST=127.0.0.1 npx node webhook/main.ts

Exit status: 0 after a signal, 1 when it could not go on, 2 when a setting is wrong.
`;

/** The admission process: certificates and informers first, then reviews, and last of all readiness. */
async function main(signal: AbortSignal): Promise<void> {
  const settings = readSettings(process.env, webhookSettings, mistakesTogether);
  const logger = createLogger({ name: 'webhook', level: settings.logLevel });
  const clock = systemClock;
  const client = createKubeClient({ kubeConfig: loadKubeConfig({ path: settings.kubeconfig }) });
  const registry = createRegistry({ defaults: true });
  const kinds = [...table.rows.map(({ kind }) => kind), gatewayKind.kind, reviewPolicyKind.kind];
  const metrics = webhookMetrics(registry, kinds);
  const schemas = new SchemaCheck();
  // What serves outlives the signal by the time that draining takes.
  const serving = new AbortController();

  const recorder = createEventRecorder(
    { controller: `${group}/portcullis-webhook`, instance: hostname() },
    { client, logger, clock },
  );
  let missing: readonly string[] = ['there is no certificate yet'];
  let unready = () => missing;
  const admit = settings.metricsAccess === 'reviewed' ? reviewedAccess({ client, clock, logger }) : undefined;
  const probes = await serveProbes(
    { host: settings.probeHost, port: settings.probePort, ready: () => unready(), registry, admit },
    serving.signal,
  );
  const recording = recorder.run(serving.signal);
  const certificates = await startCertificates(
    {
      ...settings,
      source: certificateSource(settings, { client, logger, clock, events: recorder }),
      settleMs: settings.certificateSettleMs,
      trouble: (why) => (missing = [`there is no certificate: ${why}`]),
    },
    { client, logger, clock },
    serving.signal,
  );
  const told = (namespace: string, is: boolean) => metrics.unreadable.set({ namespace }, Number(is));
  const scope = new Scope(settings.watchNamespaces, { logger, told });
  const cache = new Cache({ ...settings, gatewayKind, scope }, { client, logger, clock, table, schemas });
  await using reviewer = new Reviewer({
    table,
    schemas,
    clock,
    counted: (outcome) => metrics.policyRules.inc({ outcome }),
  });
  const policies = new ReviewPolicies({ client, logger, clock, reviewer, metrics });
  const validation = {
    ...settings,
    table,
    gatewayKind,
    schemas,
    cache,
    clock,
    reviewer,
    client: withCachedAccess(client, clock),
  };
  const app = admissionApp({
    handlers: ofGroup(reviewGroup, {
      // Of no namespace, and so in no scope.
      those: { validate: (request) => Promise.resolve(validatePolicy(request, validation)) },
      others: withinScope(scope, {
        validate: (request) => validate(request, validation),
        mutate: (request) =>
          request.plural === gatewayKind.plural
            ? grantReach(request, validation)
            : Promise.resolve(mutate(request, table)),
      }),
    }),
    logger,
    metrics,
    clock,
    maxInFlight: settings.maxInFlight,
    draining: signal,
    // Where a token is asked for, there is a way on which it is not seen.
    metricsPage: admit && ((authorization) => metricsPage({ registry, admit }, authorization)),
  });
  const tls = async () => ({ ...(await tlsOptions(settings)), ...exposed(certificates.current()) });
  const server = await listen(app, { host: settings.host, port: settings.port, ...(await tls()) });
  certificates.onChange(() => {
    tls().then(
      (context) => server.setSecureContext(context),
      (error: unknown) => logger.error({ error }, 'Could not serve with the new certificate'),
    );
  });
  unready = () => [
    ...[...cache.unsynced(), ...policies.unsynced()].map((plural) => `${plural} are not listed yet`),
    ...(certificates.injected() ? [] : ['the CA does not stand in the webhook configurations yet']),
    ...(signal.aborted ? ['the process is going'] : []),
  ];
  logger.info({ port: portOf(server) }, 'Serving reviews');
  await all(serving.signal, [
    (joint) => cache.run(joint),
    (joint) => policies.informer.run(joint),
    () => certificates.done,
    () => recording,
    () => probes.done,
    async () => {
      await drained(server, signal, settings.drainMs, clock);
      serving.abort();
    },
  ]);
}

if (process.argv.includes('--help') || process.argv.includes('-h')) process.stdout.write(help);
else runMain('webhook', main);
