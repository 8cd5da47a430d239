import type { KubeClient } from '../../src/kube/client.ts';
import { customType } from '../../src/kube/core-types.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import { inUseLabel } from '../../src/model/annotations.ts';
import { refersTo } from '../../src/model/references.ts';
import { backoffMs } from '../../src/runtime/backoff.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { policiesOf } from '../../src/compare/asked-for.ts';
import { parseResourceKey, resourceKey, type Stored, type Subject } from '../cluster/stored.ts';
import { WorkQueue } from '../queue.ts';
import type { Shares } from '../shards/shares.ts';
import { fieldManager } from './settler.ts';

/** What is applied together comes and refers to one another within this time. */
const gatherMs = 100;

interface Dependencies {
  readonly shares: Shares;
  readonly client: Pick<KubeClient, 'mergePatch'>;
  readonly cluster: Cluster;
  readonly logger: Logger;
  readonly clock: Clock;
}

/**
 * Keeps the label by which the webhook's rule for deletions selects: it stands on whatever a live resource of its
 * namespace refers to. Nothing but an event asks for a look, and nothing is written that stands there already.
 */
export class InUse {
  readonly #deps: Dependencies;
  readonly #queue: WorkQueue;
  readonly #attempts = new Map<string, number>();

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
    this.#queue = new WorkQueue(dependencies);
  }

  /** Asks for the label of a resource to be looked at soon. */
  request(resource: Pick<Stored, 'kind' | 'metadata'>): void {
    this.#queue.addAfter(resourceKey(resource), gatherMs);
  }

  /** Asks for a look at everything that a resource refers to, or did when it was as it is given. */
  referentsOf(subject: Subject): void {
    const { cluster } = this.#deps;
    const { namespace } = subject.resource.metadata;
    for (const reference of cluster.references(subject))
      for (const { resource } of cluster.referents(namespace, reference)) this.request(resource);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { shares } = this.#deps;
    const work = (key: string) =>
      shares.during(parseResourceKey(key).namespace, 'news', () => this.#work(key));
    await this.#queue.run(8, work, signal);
  }

  async #work(key: string): Promise<void> {
    const subject = this.#deps.cluster.findByKey(key);
    if (subject === undefined) {
      this.#attempts.delete(key);
      return;
    }
    try {
      await this.#keep(subject);
      this.#attempts.delete(key);
    } catch (error) {
      const attempt = (this.#attempts.get(key) ?? 0) + 1;
      this.#attempts.set(key, attempt);
      // A conflict only says that another object has the name by now, and the informer is behind.
      if (!isKubeError(error, 'conflict', 'aborted')) {
        const { kind, metadata } = subject.resource;
        const fields = { kind, namespace: metadata.namespace, name: metadata.name, attempt, error };
        this.#deps.logger.warn(fields, 'The label of what is in use was not written');
      }
      this.#queue.addAfter(key, 50 + backoffMs(attempt, { baseMs: 100, capMs: 30_000 }));
    }
  }

  async #keep(subject: Subject): Promise<void> {
    const { cluster, client } = this.#deps;
    const { row, resource } = subject;
    const { namespace, name, uid, labels, deletionTimestamp } = resource.metadata;
    if (deletionTimestamp !== undefined) return;
    // Who refers to it may be what we can't see.
    if (!cluster.sees(namespace)) return;
    if (policiesOf(resource, cluster.namespace(namespace), undefined).mode === 'Paused') return;
    const wanted = isInUse(subject, cluster) ? 'true' : undefined;
    if (labels?.[inUseLabel] === wanted) return;
    const patch = { metadata: { uid, labels: { [inUseLabel]: wanted ?? null } } };
    try {
      await client.mergePatch(customType(row), namespace, name, patch, { fieldManager });
    } catch (error) {
      if (!isKubeError(error, 'notFound')) throw error;
    }
  }
}

/** Whether a resource that stays refers to it. */
function isInUse({ row, resource }: Subject, cluster: Cluster): boolean {
  const referent = { row, name: resource.metadata.name, spec: resource.spec };
  return cluster.dependants({ row, resource }).some((user) => {
    const { spec } = cluster.check(user);
    const stays = user.resource.metadata.deletionTimestamp === undefined;
    return stays && spec !== undefined && refersTo(user.row, spec, referent);
  });
}
