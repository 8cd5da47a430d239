import type { KubeClient } from '../src/kube/client.ts';
import type { WriteTarget } from '../src/kube/limits.ts';
import { customType } from '../src/kube/core-types.ts';
import { createEventRecorder } from '../src/kube/events.ts';
import type { BareObject, ResourceType } from '../src/kube/resource.ts';
import { Scope } from '../src/kube/scope.ts';
import { SchemaCheck } from '../src/model/checked.ts';
import { group } from '../src/model/generation.ts';
import { isFromPlatform } from '../src/model/platform-operator.ts';
import type { KindTable } from '../src/model/kind-table.ts';
import type { Clock } from '../src/runtime/clock.ts';
import { all } from '../src/runtime/lifetime.ts';
import type { Logger } from '../src/runtime/logger.ts';
import { Reviewer } from '../src/review/reviewer.ts';
import type { ReachRules } from '../src/selection/reach.ts';
import { ValueReader } from '../src/kube/value-reader.ts';
import { Cluster } from './cluster/cluster.ts';
import type { Stored } from './cluster/stored.ts';
import type { Events } from './events.ts';
import { DefinitionStore } from './gateway/definition-store.ts';
import { GatewayPart } from './gateway/part.ts';
import { GatewayReporter } from './gateway/reporter.ts';
import { Tending } from './gateway/tending.ts';
import { findInstallation } from './installation.ts';
import type { ControllerMetrics } from './metrics.ts';
import { LeftBehind } from './orphans/left-behind.ts';
import { Parts } from './parts.ts';
import { Removals } from './removals/removals.ts';
import { ReviewPart } from './review/part.ts';
import type { Contend } from './shards/contend.ts';
import { serving } from './shards/serve.ts';
import { Shares } from './shards/shares.ts';
import { Book } from './status/book.ts';
import { addFinalizer } from './status/finalizer.ts';
import { InUse } from './status/in-use.ts';
import { Progress } from './status/progress.ts';
import { Settler } from './status/settler.ts';
import { Wake } from './wake.ts';

export interface ControllerOptions {
  readonly namespace: string;
  /** This replica. */
  readonly identity: string;
  readonly driftIntervalMs: number;
  readonly clusterDomain: string;
  readonly allowLoopback: boolean;
  readonly defaultCredentials: boolean;
  /** The share of what a gateway holds that may go at once because the gateway takes it no more, in per cent. */
  readonly maxRemovalPercent: number;
  /** How long a deletion is waited for; undefined: without an end. */
  readonly deletionTimeoutMs: number | undefined;
  readonly reach: ReachRules['reach'];
  /** Whether the platform's own operator works on the same resources. */
  readonly besidePlatformOperator: boolean;
  /** The namespaces that are watched; all where there is none. */
  readonly watchNamespaces: readonly string[];
  /** In how many parts the work of an installation is divided. */
  readonly shards: number;
  /** Whether a PolicyReport is kept in each namespace, where the cluster knows that kind. */
  readonly policyReports: boolean;
  /** The ConfigMap with the packs of review policies; undefined where there are none. */
  readonly packsConfigMap: string | undefined;
}

export interface ControllerDependencies {
  readonly client: KubeClient;
  readonly table: KindTable;
  readonly gatewayKind: { readonly kind: string; readonly plural: string };
  readonly logger: Logger;
  readonly clock: Clock;
  readonly metrics: ControllerMetrics;
  /** Says what of the work is this replica's, and when. */
  readonly contend: Contend;
  /** Told when everything has been listed: from now on shards are taken. */
  ready(): void;
}

/**
 * Makes every gateway hold what the resources say, as far as it is this replica's work, until the signal aborts. Then
 * what is under way is brought to its end. Nothing is written but under the tenure of the shard that it belongs to,
 * whoever writes it: the client itself sees to that.
 */
export async function runController(
  options: ControllerOptions,
  dependencies: ControllerDependencies,
  signal: AbortSignal,
): Promise<void> {
  const { table, gatewayKind, logger, clock, metrics } = dependencies;
  const over = new AbortController();
  const reader = dependencies.client.within({ signal: over.signal });
  const shares = new Shares(options.shards, { clock });
  const gatewayType = customType(gatewayKind);
  const isGateway = ({ group: of, plural }: ResourceType) =>
    of === gatewayType.group && plural === gatewayType.plural;
  const tenureOf = ({ type, namespace = '', name }: WriteTarget) => {
    if (!type.namespaced) return shares.tenureOf(name);
    return shares.tenureOf(isGateway(type) ? `${namespace}/${name}` : namespace);
  };
  const client = reader.within({ tenureOf });
  const installation = await findInstallation(options.namespace, dependencies.client.within({ signal }));
  const { reach } = options;
  const schemas = new SchemaCheck();
  const told = (namespace: string, is: boolean) => metrics.unreadable.set({ namespace }, Number(is));
  const scope = new Scope(options.watchNamespaces, { logger, told });
  const cluster = new Cluster({ client, logger, clock, table, gatewayKind, schemas, reach, scope });
  const book = new Book({ clock });
  const recorder = createEventRecorder(
    { controller: `${group}/portcullis`, instance: options.identity },
    { client: dependencies.client, logger, clock },
  );
  const events: Events = {
    record: (about, { type, reason, message }) => recorder.record(about as BareObject, type, reason, message),
  };
  const common = { client, cluster, book, clock, logger, events, metrics, shares };
  const leftBehind = new LeftBehind(options.namespace, common);
  const leave = ({ kind, metadata: { namespace, name } }: Stored) =>
    leftBehind.add({ kind, namespace, name });
  const removals = new Removals(options, common);
  const progress = new Progress(common);
  await using reviewer = new Reviewer({ table, schemas, clock });
  const settler: Settler = new Settler(options, {
    ...common,
    progress,
    leave,
    reviewed: (subject) => review.told(subject),
  });
  const review = new ReviewPart(options, {
    ...common,
    table,
    schemas,
    reviewer,
    settle: (resource) => settler.request(resource),
    isBusy: () => settler.isBusy,
  });
  const inUse = new InUse(common);
  const reporter = new GatewayReporter({ ...common, removals, type: gatewayType });
  const tending = new Tending(options, { ...common, type: gatewayType });
  const definitions = new DefinitionStore(options.namespace, common);
  const values = new ValueReader({ client, clock });

  const makePart = (key: string) =>
    new GatewayPart(
      { ...options, key },
      {
        ...common,
        removals,
        values,
        installation,
        reporter,
        definitions,
        settle: (resource) => settler.request(resource),
        moved: (subject) => wake.moved(subject, key),
        leftBehind,
        protect: (resource) => protect(resource, options, common),
        leave,
        isAbandoned: ({ cluster: id, ...of }) =>
          id === installation.cluster && cluster.sees(of.namespace) && cluster.find(of) === undefined,
      },
    );
  const ended = (key: string) => {
    reporter.forget(key);
    removals.forget(key);
    definitions.request(key);
    metrics.runtime.queues.delete(key);
  };
  const parts = new Parts({ logger, make: makePart, ended }, over.signal);
  const wake = new Wake({ ...common, removals, definitions, parts, settler, inUse, tending, progress });
  const serve = serving({
    ...common,
    client: reader,
    learn: () => leftBehind.load(),
    begin: (isOurs) => {
      wake.begin(isOurs);
      review.begin();
    },
  });

  const work = async (joint: AbortSignal) => {
    wake.listen();
    review.listen();
    scope.onReadable(() => {
      wake.all();
      review.begin();
    });
    dependencies.ready();
    await all(joint, [
      (inner) => settler.run(inner),
      (inner) => review.run(inner),
      (inner) => inUse.run(inner),
      (inner) => reporter.run(inner),
      (inner) => definitions.run(inner),
      (inner) => tending.run(inner),
      async (inner) => {
        // Only this one hears the signal: the others go on until nothing of what was held is under way any more.
        try {
          await dependencies.contend(serve, AbortSignal.any([signal, inner]));
        } finally {
          over.abort(signal.reason);
        }
      },
    ]);
    await parts.ended();
  };
  await all(over.signal, [
    (joint) => cluster.run(joint),
    (joint) => review.watch(joint),
    (joint) => recorder.run(joint),
    async (joint) => {
      const ending = AbortSignal.any([signal, joint]);
      await Promise.race([
        Promise.all([...cluster.informers.map(({ synced }) => synced), review.synced]),
        clock.sleep(Infinity, ending),
      ]);
      if (ending.aborted) over.abort(signal.reason);
      else await work(joint);
    },
  ]);
}

/**
 * Adds our finalizer where it did not come with admission, and none that will be replaced by it keeps the resource. The
 * informer may be behind; the API server is not.
 */
async function protect(
  resource: Stored,
  { besidePlatformOperator }: ControllerOptions,
  { cluster, client }: { cluster: Cluster; client: KubeClient },
): Promise<void> {
  if (isFromPlatform(resource) && !besidePlatformOperator) return;
  await addFinalizer(client, customType(cluster.table.get(resource.kind)), resource);
}
