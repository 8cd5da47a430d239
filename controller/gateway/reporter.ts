import type { KubeClient } from '../../src/kube/client.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import type { ResourceType } from '../../src/kube/resource.ts';
import type { Generation } from '../../src/model/generation.ts';
import type { Condition } from '../../src/model/status.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import { reachOf, type Reach } from '../../src/selection/reach.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { policiesOf, type ReconcileMode } from '../../src/compare/asked-for.ts';
import type { StoredGateway } from '../cluster/stored.ts';
import type { Events } from '../events.ts';
import { bindingStates, forgetGateway, type ControllerMetrics } from '../metrics.ts';
import type { Tally } from '../orphans/orphans.ts';
import type { Removals } from '../removals/removals.ts';
import { removalHeldType } from '../removals/status.ts';
import type { Shares } from '../shards/shares.ts';
import type { Book } from '../status/book.ts';
import { fieldManager } from '../status/settler.ts';
import { WhileUnchanged } from '../status/while-unchanged.ts';
import type { AdminNews } from './admin-news.ts';
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
  readonly events: Events;
  readonly removals: Removals;
  /** The type of the gateways' own resources. */
  readonly type: ResourceType;
}

interface Known {
  readonly apiVersion: Generation | undefined;
  readonly problem: string | undefined;
  readonly faults: readonly string[];
  readonly templates: readonly string[] | undefined;
  /** What stands there without a resource; undefined where that could not be told. */
  readonly unclaimed: Tally | undefined;
  readonly lastSyncTime?: string | undefined;
}

interface Count {
  /** Of what it takes. */
  readonly bound: number;
  readonly programmed: number;
  readonly failing: number;
  readonly states: ReadonlyMap<string, number>;
  readonly modes: Readonly<Record<ReconcileMode, number>>;
}

/** Counts move at most this often. */
const restMs = 10_000;

const tickMs = 500;

/** Everything is counted this often, and at once when a gateway was found or lost. */
const countMs = 2000;

/** Writes the statuses of the gateways: whether they are reached, and how many resources they hold as wanted. */
export class GatewayReporter {
  readonly #deps: Dependencies;
  readonly #known = new Map<string, Known>();
  readonly #countedAt = new Map<string, number>();
  readonly #counts: WhileUnchanged<Count>;
  readonly #learned = new Map<string, PolicyNews>();
  readonly #watched = new Map<string, AdminNews>();
  readonly #written = new Map<
    string,
    {
      readonly at: number;
      readonly trouble: string;
      readonly policies: string;
      readonly isHeld: boolean;
      readonly reach: Reach;
    }
  >();

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
    this.#counts = new WhileUnchanged(dependencies);
  }

  compared(gateway: string, known: Omit<Known, 'lastSyncTime'>): void {
    this.#known.set(gateway, { ...known, lastSyncTime: this.#deps.clock.now().toISOString() });
    this.#deps.metrics.reachable.set({ gateway }, 1);
    this.#deps.metrics.comparedAt.set({ gateway }, this.#deps.clock.now().getTime() / 1000);
    for (const sort of ['unmanaged', 'orphaned'] as const)
      if (known.unclaimed !== undefined && this.#deps.shares.holds(gateway))
        this.#deps.metrics.unclaimed.set({ gateway, sort }, known.unclaimed[sort]);
  }

  lost(gateway: string, problem: string): void {
    this.#known.set(gateway, {
      apiVersion: undefined,
      templates: undefined,
      unclaimed: undefined,
      faults: [],
      problem,
    });
    this.#deps.metrics.reachable.set({ gateway }, 0);
  }

  /** What was learned of the policies that a gateway has loaded. */
  learned(gateway: string, news: PolicyNews): void {
    this.#learned.set(gateway, news);
  }

  /** What was learned of who is let in at the admin port of a gateway. */
  watched(gateway: string, news: AdminNews): void {
    this.#watched.set(gateway, news);
  }

  forget(gateway: string): void {
    this.#known.delete(gateway);
    this.#learned.delete(gateway);
    this.#watched.delete(gateway);
    this.#written.delete(gateway);
    this.#counts.forget(gateway);
    forgetGateway(this.#deps.metrics, gateway);
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
    this.#learned.delete(gateway);
    for (const sort of ['unmanaged', 'orphaned'] as const)
      this.#deps.metrics.unclaimed.remove({ gateway, sort });
    for (const state of ['programmed', 'failing']) bindings.remove({ gateway, state });
    for (const mode of ['Observe', 'Paused']) inactive.remove({ gateway, mode });
  }

  async #tell(key: string, known: Known): Promise<void> {
    const { cluster, clock, logger, metrics, removals } = this.#deps;
    const gateway = cluster.gateway(key);
    const before = this.#written.get(key);
    const nowMs = clock.monotonicMs();
    const age = nowMs - (before?.at ?? -Infinity);
    const learned = this.#learned.get(key);
    const admin = this.#watched.get(key);
    const policies = `${admin?.is ?? ''} ${learned?.is === 'known' ? learned.hash : (learned?.is ?? '')}`;
    const trouble = [known.problem, ...known.faults].join('; ');
    const isCounted = nowMs - (this.#countedAt.get(key) ?? -Infinity) < countMs;
    if (gateway === undefined) return;
    const reach = reachOf(gateway, cluster.rules.reach);
    const isTurned =
      before?.trouble !== trouble ||
      before.policies !== policies ||
      before.reach !== reach ||
      before.isHeld !== removals.isHeld(key);
    if (!isTurned && (age < restMs || isCounted)) return;
    this.#countedAt.set(key, nowMs);
    const stored = gateway.status as GatewayStatus | undefined;
    const generationOfSpec = gateway.metadata.generation;
    const { namespace: home } = gateway.metadata;
    const { states, modes, ...counted } = this.#counts.of(key, () => this.#count(gateway, key));
    for (const state of bindingStates) metrics.bindings.set({ gateway: key, state }, states.get(state) ?? 0);
    for (const mode of ['Observe', 'Paused'] as const)
      metrics.inactive.set({ gateway: key, mode }, modes[mode]);
    const figures = removals.figures(gateway);
    metrics.removalsHeld.set({ gateway: key }, figures.isHeld ? figures.going : 0);
    const report = {
      ...known,
      ...counted,
      removals: figures,
      policies: learned,
      admin,
      generationOfSpec,
      home,
      reach,
    };
    const status = gatewayStatusOf(stored, report, clock.now());
    // The time of a comparison alone is no news: what is equal is written nowhere. A metric tells it.
    if (saysTheSame(stored, status)) return;
    try {
      await this.#write(gateway, status);
      this.#written.set(key, {
        at: clock.monotonicMs(),
        trouble,
        policies,
        reach,
        isHeld: removals.isHeld(key),
      });
      this.#tellOfHold(gateway, stored, status);
      this.#tellOfReach(gateway, stored, status);
    } catch (error) {
      if (!isKubeError(error, 'conflict', 'notFound', 'aborted')) {
        logger.warn({ gateway: key, error }, 'The status of a gateway was not written');
      }
    }
  }

  /** Once for each time that removals are stopped, restarts included: the status says whether it was told. */
  #tellOfHold(gateway: StoredGateway, before: GatewayStatus | undefined, after: GatewayStatus): void {
    const held = heldBy(after);
    if (held === undefined || heldBy(before) !== undefined) return;
    this.#deps.events.record(gateway, { type: 'Warning', reason: held.type, message: held.message });
  }

  /** When it is found, lost or found again; restarts of ours are no news. */
  #tellOfReach(gateway: StoredGateway, before: GatewayStatus | undefined, after: GatewayStatus): void {
    const now = reachedBy(after);
    if (now === undefined || now.status === reachedBy(before)?.status) return;
    const type = now.status === 'True' ? 'Normal' : 'Warning';
    this.#deps.events.record(gateway, { type, reason: now.reason, message: now.message });
  }

  async #write(gateway: StoredGateway, status: GatewayStatus): Promise<void> {
    const { client, type } = this.#deps;
    const { name, namespace, resourceVersion } = gateway.metadata;
    const apiVersion = `${type.group}/${type.version}`;
    const applied = { apiVersion, kind: type.kind, metadata: { name, namespace, resourceVersion }, status };
    await client.apply(type, applied, { fieldManager, force: true, subresource: 'status' });
  }

  #count(gateway: StoredGateway, key: string): Count {
    const { cluster, book } = this.#deps;
    let bound = 0;
    let programmed = 0;
    const modes = { Active: 0, Observe: 0, Paused: 0 };
    const states = new Map<string, number>();
    for (const { resource } of cluster.all()) {
      const state = book.entry(resource, key)?.state;
      const isTaken = resource.metadata.deletionTimestamp === undefined && cluster.selects(gateway, resource);
      const word = state?.toLowerCase() ?? (isTaken ? 'pending' : undefined);
      if (word !== undefined) states.set(word, (states.get(word) ?? 0) + 1);
      if (!isTaken) continue;
      bound += 1;
      modes[policiesOf(resource, cluster.namespace(resource.metadata.namespace), gateway).mode] += 1;
      if (state === 'Programmed') programmed += 1;
    }
    return { bound, programmed, failing: bound - programmed, states, modes };
  }
}

function heldBy(status: GatewayStatus | undefined): Condition | undefined {
  return status?.conditions?.find(({ type, status: is }) => type === removalHeldType && is === 'True');
}

function reachedBy(status: GatewayStatus | undefined): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === 'Reachable');
}
