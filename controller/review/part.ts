import { isDeepStrictEqual } from 'node:util';
import type { KubeClient } from '../../src/kube/client.ts';
import { configMapType } from '../../src/kube/core-types.ts';
import { createInformer, type Informer } from '../../src/kube/informer.ts';
import type { BareObject, KubeObject, ResourceType } from '../../src/kube/resource.ts';
import { createScopedInformer } from '../../src/kube/scoped-informer.ts';
import type { Change } from '../../src/kube/store.ts';
import { faultsOf, type PolicyContext } from '../../src/review/compile.ts';
import type { Reviewer, StoredPolicy } from '../../src/review/reviewer.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { all } from '../../src/runtime/lifetime.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import { ValueReader } from '../../src/kube/value-reader.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { asStored, type Stored, type Subject } from '../cluster/stored.ts';
import type { GatewayStatus } from '../gateway/gateway-status.ts';
import type { ControllerMetrics } from '../metrics.ts';
import type { PacksConfigMap } from '../packs/pack-files.ts';
import { Packs } from '../packs/packs.ts';
import type { Shares } from '../shards/shares.ts';
import { isNews } from '../wake.ts';
import { BackgroundReview } from './background.ts';
import { Moments } from './moments.ts';
import { Policies } from './policies.ts';
import { policyReportType, reportName, type PolicyReport } from './policy-report.ts';
import { PolicyReporter } from './policy-reporter.ts';
import { reviewPolicyType, type StoredReviewPolicy } from './policy-type.ts';
import { ReportSweep } from './report-sweep.ts';
import { ReportWriter } from './report-writer.ts';
import type { Reviewed } from './reviewed.ts';

export interface ReviewOptions {
  /** Of Portcullis itself. */
  readonly namespace: string;
  /** Whether a PolicyReport is kept in each namespace, where the cluster knows that kind. */
  readonly policyReports: boolean;
  /** The ConfigMap in our namespace in which the chart keeps its packs; undefined where there are none. */
  readonly packsConfigMap: string | undefined;
}

interface Dependencies extends PolicyContext {
  readonly client: KubeClient;
  readonly reviewer: Reviewer;
  readonly cluster: Cluster;
  readonly shares: Shares;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: ControllerMetrics;
  settle(resource: Stored): void;
  isBusy(): boolean;
}

/** Everything about review policies: what is stored is judged by them, their statuses, reports, and the packs. */
export class ReviewPart {
  readonly #deps: Dependencies;
  readonly #policyInformer: Informer<StoredReviewPolicy>;
  readonly #informers: readonly Informer<never>[];
  readonly #policies: Policies;
  readonly #review: BackgroundReview;
  readonly #moments: Moments;
  readonly #packs: Packs | undefined;
  readonly #sweep: ReportSweep | undefined;
  readonly #loops: readonly ((signal: AbortSignal) => Promise<void>)[];

  constructor(options: ReviewOptions, dependencies: Dependencies) {
    const { client, clock, logger, metrics, reviewer: judge, cluster } = dependencies;
    this.#deps = dependencies;
    const steps = { client, clock, logger };
    const own = <T extends BareObject>(type: ResourceType, selection: object = {}) =>
      createInformer<T>({ type, optional: true, refused: this.#refused(type), ...selection }, steps);
    this.#policyInformer = own<StoredReviewPolicy>(reviewPolicyType);
    this.#review = new BackgroundReview({ ...dependencies, judge, values: new ValueReader(steps) });
    this.#policies = new Policies({
      informer: this.#policyInformer,
      faultsOf: (spec) => faultsOf(spec, dependencies),
      changed: (policies) => this.#policiesChanged(policies),
    });
    this.#moments = new Moments({ clock, passed: () => this.#review.requestAll() });
    const parts = {
      ...dependencies,
      metrics: metrics.review,
      policies: this.#policies,
      review: this.#review,
    };
    const reporter = new PolicyReporter(parts);
    const informers: Informer<never>[] = [this.#policyInformer as Informer<never>];
    const loops = [
      (signal: AbortSignal) => this.#review.run(signal),
      (signal: AbortSignal) => this.#moments.run(signal),
      (signal: AbortSignal) => reporter.run(signal),
    ];
    if (options.packsConfigMap !== undefined) {
      const fieldSelector = `metadata.name=${options.packsConfigMap}`;
      const configMaps = own<PacksConfigMap>(configMapType, { namespace: options.namespace, fieldSelector });
      const packs = new Packs({ ...parts, configMaps, policies: this.#policyInformer });
      this.#packs = packs;
      informers.push(configMaps as Informer<never>);
      loops.push((signal) => packs.run(signal));
    }
    if (options.policyReports) {
      const informer = createScopedInformer<PolicyReport>(
        cluster.scope,
        { type: policyReportType, optional: true, fieldSelector: `metadata.name=${reportName}` },
        steps,
      );
      const writer = new ReportWriter({ ...parts, informer });
      informers.push(informer as Informer<never>);
      loops.push((signal) => writer.run(signal));
    } else {
      const sweep = new ReportSweep({ ...dependencies, namespaces: cluster.scope.namespaces });
      this.#sweep = sweep;
      loops.push((signal) => sweep.run(signal));
    }
    this.#informers = informers;
    this.#loops = loops;
  }

  /** Settles when what decides is known: the policies, or that they may not be read. */
  get synced(): Promise<void> {
    return this.#policyInformer.synced;
  }

  async watch(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#informers.map((informer) => informer.run(signal)));
  }

  /** What the status of a resource is to say of its review. */
  async told(subject: Subject): Promise<Reviewed | undefined> {
    return await this.#review.told(subject);
  }

  /** From now on every change that a policy may look at asks for a review. */
  listen(): void {
    const { cluster } = this.#deps;
    this.#policies.listen();
    this.#packs?.listen();
    for (const informer of cluster.kinds.values())
      informer.onChange((change) => this.#resourceChanged(change));
    cluster.gatewayInformer.onChange((change) => {
      if (isGatewayNews(change)) this.#review.requestMany(cluster.all());
    });
    cluster.namespaceInformer.onChange(({ before, object }) => {
      const { name, labels, annotations } = object.metadata;
      const was = before?.metadata;
      if (!isDeepStrictEqual([was?.labels, was?.annotations], [labels, annotations]))
        this.#review.requestMany(cluster.inNamespace(name));
    });
  }

  /** Begins anew with everything: some of it is this replica's from now on, or can be seen by now. */
  begin(): void {
    this.#review.requestAll();
    this.#packs?.requestAll();
    this.#sweep?.request();
  }

  async run(signal: AbortSignal): Promise<void> {
    await all(signal, this.#loops);
  }

  #resourceChanged(change: Change<KubeObject>): void {
    const resource = asStored(change.object);
    if (change.type === 'removed') this.#review.forget(resource);
    else if (isNews(change)) this.#review.request(resource);
  }

  #policiesChanged(policies: readonly StoredPolicy[]): number {
    this.#deps.reviewer.setPolicies(policies);
    this.#moments.of(policies.map(({ spec }) => spec));
    this.#review.requestAll();
    return this.#review.epoch;
  }

  #refused({ plural }: ResourceType) {
    return (_: string, isRefused: boolean, error?: unknown) => {
      if (isRefused)
        this.#deps.logger.warn(
          { kind: plural, error },
          'What belongs to review policies can not be read, so nothing is done about them',
        );
    };
  }
}

function isGatewayNews(change: Change<KubeObject>): boolean {
  const apiVersionOf = (object: KubeObject | undefined) =>
    (object?.status as GatewayStatus | undefined)?.apiVersion;
  return (
    change.type === 'removed' || isNews(change) || apiVersionOf(change.before) !== apiVersionOf(change.object)
  );
}
