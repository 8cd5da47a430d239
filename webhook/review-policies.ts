import { reviewPolicyKind } from '../src/kinds/review-policy.ts';
import { customType } from '../src/kube/core-types.ts';
import { createInformer, type Informer, type InformerDependencies } from '../src/kube/informer.ts';
import type { KubeObject } from '../src/kube/resource.ts';
import { sentence } from '../src/model/violation.ts';
import type { Reviewer } from '../src/review/reviewer.ts';
import type { WebhookMetrics } from './metrics.ts';

interface Dependencies extends InformerDependencies {
  readonly reviewer: Reviewer;
  readonly metrics: Pick<WebhookMetrics, 'policies'>;
}

/** Hands the policies of the cluster to the reviewer, and every change of them at once. */
export class ReviewPolicies {
  readonly informer: Informer<KubeObject>;
  readonly #dependencies: Dependencies;
  #isDue = false;
  #told = new Set<string>();

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
    const type = customType(reviewPolicyKind);
    this.informer = createInformer<KubeObject>({ type, optional: true }, dependencies);
    this.informer.onChange(() => this.#soon());
  }

  /** Its plural while policies are not known yet, as `Cache` tells it of the others. */
  unsynced(): readonly string[] {
    return this.informer.hasSynced ? [] : [this.informer.type.plural];
  }

  /** A list brings many changes at once, which are one here. */
  #soon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#hand();
    });
  }

  #hand(): void {
    const { reviewer, metrics, logger } = this.#dependencies;
    const policies = [...this.informer.list()].map(({ metadata, spec }) => ({ name: metadata.name, spec }));
    reviewer.setPolicies(policies);
    const faults = reviewer.faults();
    metrics.policies.set({ state: 'faulty' }, faults.size);
    metrics.policies.set({ state: 'well' }, policies.length - faults.size);
    for (const [name, found] of faults) {
      if (this.#told.has(name)) continue;
      const detail = found.slice(0, 5).map(sentence).join('; ');
      logger.warn(
        { kind: reviewPolicyKind.kind, name, reason: 'DoesNotCompile', detail },
        'A review policy has rules that can not be evaluated; those that deny refuse whatever they are about',
      );
    }
    this.#told = new Set(faults.keys());
    logger.debug({ count: policies.length }, 'Review policies were taken over');
  }
}
