import type { KubeClient } from '../../src/kube/client.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import type { ResourceType } from '../../src/kube/resource.ts';
import type { Generation } from '../../src/model/generation.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { policiesOf } from '../cluster/policies.ts';
import type { StoredGateway } from '../cluster/stored.ts';
import type { ControllerMetrics } from '../metrics.ts';
import type { Shares } from '../shards/shares.ts';
import type { Book } from '../status/book.ts';
import { fieldManager } from '../status/settler.ts';
import { gatewayStatusOf, saysTheSame, type GatewayStatus } from './gateway-status.ts';
import type { PolicyNews } from './policy-news.ts';

interface Dependencies {
  readonly shares: Shares;
  readonly client: KubeClient;
  readonly cluster: Cluster;
  readonly book: Book;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: ControllerMetrics;
  /** The type of the gateways' own resources. */
  readonly type: ResourceType;
}

interface Known {
  readonly apiVersion: Generation | undefined;
  readonly problem: string | undefined;
  readonly faults: readonly string[];
  readonly templates: readonly string[] | undefined;
  readonly lastSyncTime?: string | undefined;
}

/** Counts move at most this often. */
const restMs = 10_000;

/** A time of comparison alone is written this often, so that people see that the controller lives. */
const pulseMs = 60_000;

const tickMs = 500;

/** Everything is counted this often, and at once when a gateway was found or lost. */
const countMs = 2000;

/** Writes the statuses of the gateways: whether they are reached, and how many resources they hold as wanted. */
export class GatewayReporter {
  readonly #deps: Dependencies;
  readonly #known = new Map<string, Known>();
  readonly #countedAt = new Map<string, number>();
  readonly #learned = new Map<string, PolicyNews>();
  readonly #written = new Map<
    string,
    { readonly at: number; readonly problem: string | undefined; readonly policies: string }
  >();

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
  }

  compared(gateway: string, known: Omit<Known, 'lastSyncTime'>): void {
    this.#known.set(gateway, { ...known, lastSyncTime: this.#deps.clock.now().toISOString() });
    this.#deps.metrics.reachable.set({ gateway }, 1);
  }

  lost(gateway: string, problem: string): void {
    this.#known.set(gateway, { apiVersion: undefined, templates: undefined, faults: [], problem });
    this.#deps.metrics.reachable.set({ gateway }, 0);
  }

  /** What was learned of the policies that a gateway has loaded. */
  learned(gateway: string, news: PolicyNews): void {
    this.#learned.set(gateway, news);
  }

  forget(gateway: string): void {
    this.#known.delete(gateway);
    this.#learned.delete(gateway);
    this.#written.delete(gateway);
    this.#deps.metrics.reachable.remove({ gateway });
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const [gateway, known] of this.#known) {
        if (!this.#deps.shares.holds(gateway)) this.#leave(gateway);
        await this.#deps.shares.during(gateway, 'news', () => this.#tell(gateway, known));
      }
      await this.#deps.clock.sleep(tickMs, signal);
    }
  }

  /** Another replica tells of it now, and counts. */
  #leave(gateway: string): void {
    const { bindings, inactive } = this.#deps.metrics;
    if (!this.#written.delete(gateway)) return;
    this.#countedAt.delete(gateway);
    for (const state of ['programmed', 'failing']) bindings.remove({ gateway, state });
    for (const mode of ['Observe', 'Paused']) inactive.remove({ gateway, mode });
  }

  async #tell(key: string, known: Known): Promise<void> {
    const { cluster, clock, logger } = this.#deps;
    const gateway = cluster.gateway(key);
    const before = this.#written.get(key);
    const nowMs = clock.monotonicMs();
    const age = nowMs - (before?.at ?? -Infinity);
    const learned = this.#learned.get(key);
    const policies = learned?.is === 'known' ? learned.hash : (learned?.is ?? '');
    const isTurned = before === undefined || before.problem !== known.problem || before.policies !== policies;
    const isCounted = nowMs - (this.#countedAt.get(key) ?? -Infinity) < countMs;
    if (gateway === undefined || (!isTurned && (age < restMs || isCounted))) return;
    this.#countedAt.set(key, nowMs);
    const stored = gateway.status as GatewayStatus | undefined;
    const generationOfSpec = gateway.metadata.generation;
    const report = { ...known, ...this.#count(gateway, key), policies: learned, generationOfSpec };
    const status = gatewayStatusOf(stored, report, clock.now());
    if (saysTheSame(stored, status) && age < pulseMs) return;
    try {
      await this.#write(gateway, status);
      this.#written.set(key, { at: clock.monotonicMs(), problem: known.problem, policies });
    } catch (error) {
      if (!isKubeError(error, 'conflict', 'notFound', 'aborted')) {
        logger.warn({ gateway: key, error }, 'The status of a gateway was not written');
      }
    }
  }

  async #write(gateway: StoredGateway, status: GatewayStatus): Promise<void> {
    const { client, type } = this.#deps;
    const { name, namespace, resourceVersion } = gateway.metadata;
    const apiVersion = `${type.group}/${type.version}`;
    const applied = { apiVersion, kind: type.kind, metadata: { name, namespace, resourceVersion }, status };
    await client.apply(type, applied, { fieldManager, force: true, subresource: 'status' });
  }

  #count(gateway: StoredGateway, key: string) {
    const { cluster, book, metrics } = this.#deps;
    let bound = 0;
    let programmed = 0;
    const modes = { Active: 0, Observe: 0, Paused: 0 };
    for (const { resource } of cluster.all()) {
      if (resource.metadata.deletionTimestamp !== undefined || !cluster.selects(gateway, resource)) continue;
      bound += 1;
      modes[policiesOf(resource, cluster.namespace(resource.metadata.namespace), gateway).mode] += 1;
      if (book.entry(resource, key)?.state === 'Programmed') programmed += 1;
    }
    metrics.bindings.set({ gateway: key, state: 'programmed' }, programmed);
    metrics.bindings.set({ gateway: key, state: 'failing' }, bound - programmed);
    for (const mode of ['Observe', 'Paused'] as const)
      metrics.inactive.set({ gateway: key, mode }, modes[mode]);
    return { bound, programmed, failing: bound - programmed };
  }
}
