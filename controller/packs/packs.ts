import type { KubeClient } from '../../src/kube/client.ts';
import type { Informer } from '../../src/kube/informer.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import { packLabel } from '../../src/review/pack.ts';
import { backoffMs } from '../../src/runtime/backoff.ts';
import { errorText } from '../../src/runtime/describe-error.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import type { ReviewMetrics } from '../review-metrics.ts';
import { reviewPolicyType as type, type StoredReviewPolicy } from '../review/policy-type.ts';
import { WorkQueue } from '../queue.ts';
import type { Shares } from '../shards/shares.ts';
import { hasAll } from './has-all.ts';
import { packFiles, type PackFiles, type PackPolicy, type PacksConfigMap } from './pack-files.ts';

interface Dependencies {
  readonly client: Pick<KubeClient, 'apply' | 'delete'>;
  /** Shows the one ConfigMap. */
  readonly configMaps: Informer<PacksConfigMap>;
  readonly policies: Informer<StoredReviewPolicy>;
  readonly shares: Pick<Shares, 'during'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<ReviewMetrics, 'packsPending'>;
}

/** Of its own, so that what people add to a policy of a pack is told apart from what comes with it. */
const packsManager = 'portcullis-packs';

/** The webhook may be down, and the custom resource definition may come later: neither is worth a look more often. */
const retry = { baseMs: 1000, capMs: 30_000 };

/**
 * Keeps the policies of the packs in the cluster as the chart says. What a person changes of them is put right, what he
 * adds (exceptions, a roll-out) stays. A pack that is switched off goes; of a pack, or a ConfigMap, that is not there
 * nothing is known, and nothing is touched.
 */
export class Packs {
  readonly #deps: Dependencies;
  readonly #queue: WorkQueue;
  readonly #attempts = new Map<string, number>();
  #files: PackFiles = new Map();

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
    this.#queue = new WorkQueue(dependencies);
  }

  /** From now on every change of the ConfigMap, and of a policy that is a pack's or has the name of one, is seen to. */
  listen(): void {
    const { configMaps, policies } = this.#deps;
    configMaps.onChange(({ type: change, object }) => {
      if (change === 'removed') this.#lost();
      else this.#read(object);
    });
    policies.onChange(({ object }) => this.#queue.add(object.metadata.name));
    for (const object of configMaps.list()) this.#read(object);
  }

  /** Sees to everything anew. */
  requestAll(): void {
    for (const policy of [...this.#files.values()].flat()) this.#queue.add(policy.metadata.name);
    for (const { metadata } of this.#deps.policies.list())
      if (metadata.labels?.[packLabel] !== undefined) this.#queue.add(metadata.name);
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#queue.run(
      1,
      (name) => this.#deps.shares.during(name, 'work', () => this.#work(name)),
      signal,
    );
  }

  #read(configMap: PacksConfigMap): void {
    try {
      this.#files = packFiles(configMap);
    } catch (error) {
      const { namespace, name } = configMap.metadata;
      this.#deps.logger.error(
        { namespace, name, detail: errorText(error) },
        'The packs of review policies can not be read, so their policies stay as they are',
      );
      return;
    }
    this.requestAll();
  }

  #lost(): void {
    this.#deps.logger.warn({}, 'The ConfigMap of the packs is gone, so their policies stay as they are');
    this.#files = new Map();
    this.#attempts.clear();
    this.#deps.metrics.packsPending.set(0);
  }

  async #work(name: string): Promise<void> {
    try {
      await this.#keep(name);
      this.#attempts.delete(name);
    } catch (error) {
      const attempt = (this.#attempts.get(name) ?? 0) + 1;
      this.#attempts.set(name, attempt);
      const line = { kind: type.kind, name, attempt, error };
      const what = 'A policy of a pack was not brought into the cluster, which is tried again';
      // Definitions come with the same release, in whatever order.
      if (isKubeError(error, 'notFound', 'aborted')) this.#deps.logger.debug(line, what);
      else this.#deps.logger.warn(line, what);
      this.#queue.addAfter(name, backoffMs(attempt, retry));
    }
    this.#deps.metrics.packsPending.set(this.#attempts.size);
  }

  async #keep(name: string): Promise<void> {
    const { client, policies } = this.#deps;
    const stored = policies.get(undefined, name);
    const pack = stored?.metadata.labels?.[packLabel];
    const wanted = this.#wanted(name);
    if (wanted !== undefined) {
      if (stored !== undefined && pack === undefined) throw new PackError(notOurs);
      if (stored === undefined || !isAsWanted(stored, wanted))
        await client.apply(type, wanted, { fieldManager: packsManager, force: true });
    } else if (stored !== undefined && pack !== undefined && this.#files.has(pack)) {
      const { uid } = stored.metadata;
      await client.delete(type, undefined, name, uid === undefined ? {} : { uid });
    }
  }

  #wanted(name: string): PackPolicy | undefined {
    for (const policies of this.#files.values())
      for (const policy of policies) if (policy.metadata.name === name) return policy;
    return undefined;
  }
}

const notOurs = `could not bring it in because somebody else's policy has its name; rename that, or give it the label ${packLabel} to have it replaced`;

/** Somebody has to do something about it. */
class PackError extends Error {
  override readonly name = 'PackError';
  readonly means = 'taken';
}

function isAsWanted(stored: StoredReviewPolicy, { metadata, spec }: PackPolicy): boolean {
  const { labels, annotations } = stored.metadata;
  return (
    hasAll(stored.spec, spec) &&
    hasAll({ labels, annotations }, { labels: metadata.labels, annotations: metadata.annotations })
  );
}
