import type { KubeClient } from '../../src/kube/client.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import { apiVersionOf } from '../../src/kube/resource.ts';
import type { ReviewPolicyStatus } from '../../src/review/policy-status.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { forgetPolicy, type ReviewMetrics } from '../review-metrics.ts';
import type { Shares } from '../shards/shares.ts';
import { fieldManager } from '../status/settler.ts';
import type { BackgroundReview } from './background.ts';
import { endingOf } from './exceptions.ts';
import type { Policies } from './policies.ts';
import { isSameStatus, policyStatusOf, type PolicySituation } from './policy-status.ts';
import { reviewPolicyType as type, type StoredReviewPolicy } from './policy-type.ts';
import { noTally, talliesOf, type Tally } from './tally.ts';

interface Dependencies {
  readonly client: Pick<KubeClient, 'apply'>;
  readonly cluster: Pick<Cluster, 'all' | 'scope'>;
  readonly shares: Pick<Shares, 'holds' | 'during'>;
  readonly policies: Policies;
  readonly review: Pick<BackgroundReview, 'findings' | 'epoch'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: ReviewMetrics;
}

const tickMs = 500;

/** A status moves at most this often. */
const restMs = 3000;

/**
 * Writes the statuses of the policies. Each is told by one replica: whoever has the shard of its name. What is equal is
 * not written, and nothing is counted while nothing is found.
 */
export class PolicyReporter {
  readonly #deps: Dependencies;
  readonly #writtenAtMs = new Map<string, number>();
  readonly #told = new Set<string>();
  /** What the last look was about; the same again needs none. */
  #seen = '';

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#look();
      await this.#deps.clock.sleep(tickMs, signal);
    }
  }

  async #look(): Promise<void> {
    const { policies, shares, review } = this.#deps;
    const ours = policies.all().filter(({ metadata }) => shares.holds(metadata.name));
    const names = new Set(ours.map(({ metadata }) => metadata.name));
    for (const name of this.#told) if (!names.has(name)) this.#leave(name);
    const versions = ours.map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion ?? ''}`);
    const seen = `${review.epoch} ${review.findings.changes} ${versions.join()}`;
    if (seen === this.#seen) return;
    const tallies = talliesOf(review.findings.all());
    const untold = new Set(names);
    for (const policy of ours) {
      const { name } = policy.metadata;
      await shares.during(name, 'news', async () => {
        if (await this.#tell(policy, tallies.get(name) ?? noTally)) untold.delete(name);
      });
    }
    if (untold.size === 0) this.#seen = seen;
  }

  /** Another replica tells of it now, or it is gone. */
  #leave(name: string): void {
    this.#told.delete(name);
    this.#writtenAtMs.delete(name);
    forgetPolicy(this.#deps.metrics, name);
  }

  /** @returns whether its status says what there is to say */
  async #tell(policy: StoredReviewPolicy, tally: Tally): Promise<boolean> {
    const { clock, logger, policies } = this.#deps;
    const { name, generation = 0 } = policy.metadata;
    const known = policies.known(policy);
    if (known === undefined) return false;
    const outstanding = this.#outstanding(known.since);
    const { namespaces } = this.#deps.cluster.scope;
    const { spec } = policy;
    const situation = { generation, spec, faults: known.faults, tally, outstanding, namespaces };
    this.#count(name, situation);
    const status = policyStatusOf(policy.status, situation, clock.now());
    if (isSameStatus(policy.status, status)) return true;
    if (clock.monotonicMs() - (this.#writtenAtMs.get(name) ?? -Infinity) < restMs) return false;
    try {
      await this.#write(policy, status);
      this.#writtenAtMs.set(name, clock.monotonicMs());
    } catch (error) {
      // A conflict only says that the informer is behind.
      if (!isKubeError(error, 'conflict', 'notFound', 'aborted')) {
        this.#writtenAtMs.set(name, clock.monotonicMs());
        logger.warn({ kind: type.kind, name, error }, 'The status of a review policy was not written');
      }
    }
    return false;
  }

  /** Resources that were last reviewed before a policy became what it is. */
  #outstanding(since: number): number {
    const { cluster, review } = this.#deps;
    let outstanding = 0;
    for (const { resource } of cluster.all()) {
      if (resource.metadata.deletionTimestamp !== undefined) continue;
      if ((review.findings.last(resource)?.epoch ?? -1) < since) outstanding += 1;
    }
    return outstanding;
  }

  #count(policy: string, { spec, faults, tally }: PolicySituation): void {
    const { metrics, clock } = this.#deps;
    this.#told.add(policy);
    metrics.inForce.set({ policy }, Number(faults.length === 0));
    metrics.resources.set({ policy }, tally.reviewed);
    metrics.endedExceptions.set({ policy }, endingOf(spec, clock.now()).ended.length);
    const counts = { deny: tally.denied, warn: tally.warned, audit: tally.audited, excused: tally.excused };
    for (const [action, count] of Object.entries(counts)) metrics.breaches.set({ policy, action }, count);
  }

  async #write({ metadata }: StoredReviewPolicy, status: ReviewPolicyStatus): Promise<void> {
    const { name, resourceVersion } = metadata;
    const object = {
      apiVersion: apiVersionOf(type),
      kind: type.kind,
      metadata: { name, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
      status,
    };
    await this.#deps.client.apply(type, object, { fieldManager, force: true, subresource: 'status' });
  }
}
