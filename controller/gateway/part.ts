import { GatewayError } from '../../src/gateway/gateway-error.ts';
import { retryMs } from '../../src/runtime/backoff.ts';
import { all, isAborted } from '../../src/runtime/lifetime.ts';
import type { Tenure } from '../../src/runtime/tenure.ts';
import { againAfterMs } from '../binding/again.ts';
import type { Outcome } from '../binding/outcome.ts';
import type { ProvideSteps } from '../binding/provide.ts';
import { parseResourceKey, resourceKey, type StoredGateway, type Subject } from '../cluster/stored.ts';
import { Orphans } from '../orphans/orphans.ts';
import { controllerName } from '../metrics.ts';
import { WorkQueue } from '../queue.ts';
import type { QueueMeter } from '../queue-meter.ts';
import { AdminWatch } from './admin-watch.ts';
import { BuiltIns } from './built-ins.ts';
import { compareGateway } from './drift.ts';
import { dealWith } from './drift-found.ts';
import { LastSeen } from './last-seen.ts';
import { collectionOf } from './listing.ts';
import { Liveness } from './liveness.ts';
import { LoadedPolicies } from './loaded-policies.ts';
import { lostAt } from './gateway-status.ts';
import { Parking } from './parking.ts';
import { Quotas } from './quotas.ts';
import { Session } from './session.ts';
import { countReconcile, counted, meterOf, resultOf } from './part-metrics.ts';
import type { Suspicion } from './suspicion.ts';
import type { PartDependencies, PartOptions } from './part-options.ts';
import { attempt } from './worker.ts';

/** Attempts under way at once at one gateway; the connection itself lets fewer calls through. */
const workers = 16;

/** The shortest time between two tries to reach a gateway, whoever asks. */
const restMs = 500;

/**
 * Everything about one gateway: its connection, the queue of resources that it holds or should hold, and the periodic
 * comparison. Each gateway has a part of its own, so that a dead or slow one keeps nobody else waiting.
 */
export class GatewayPart {
  readonly #options: PartOptions;
  readonly #deps: PartDependencies;
  readonly #queue: WorkQueue;
  readonly #session: Session;
  readonly #parking: Parking;
  readonly #builtIns: BuiltIns;
  readonly #admin: AdminWatch;
  readonly #orphans: Orphans;
  readonly #quotas: Quotas;
  readonly #lastSeen = new LastSeen();
  readonly #meter: QueueMeter;
  readonly #suspicions = new Map<string, Suspicion>();
  readonly #attempts = new Map<string, number>();
  readonly #refused = new Map<string, string>();
  #poked = Promise.withResolvers<undefined>();

  constructor(options: PartOptions, dependencies: PartDependencies) {
    this.#options = options;
    this.#deps = dependencies;
    this.#meter = meterOf(dependencies, options.key, workers);
    this.#queue = new WorkQueue({ ...dependencies, watch: this.#meter });
    this.#session = new Session(options, { ...dependencies, answered: counted(dependencies, options.key) });
    this.#parking = new Parking(dependencies);
    this.#quotas = new Quotas(dependencies);
    this.#builtIns = new BuiltIns(dependencies.cluster.table);
    this.#admin = new AdminWatch(options, {
      ...dependencies,
      session: this.#session,
      liveness: new Liveness(options.key, dependencies),
      policies: new LoadedPolicies(options, dependencies),
    });
    this.#orphans = new Orphans(options.key, dependencies);
  }

  /** Asks for an attempt at a resource; a suspect is looked at even if nothing of ours has changed. */
  enqueue(key: string, how: { readonly suspicion?: Suspicion; readonly background?: boolean } = {}): void {
    if (how.suspicion !== undefined) this.#suspicions.set(key, how.suspicion);
    this.#queue.add(key, how.background === true ? 'background' : 'urgent');
    this.#deps.metrics.queue.set({ gateway: this.#options.key }, this.#meter.depth);
  }

  /** Asks for the gateway to be looked up, reached and compared now. */
  poke(): void {
    this.#poked.resolve(undefined);
  }

  async run(signal: AbortSignal): Promise<void> {
    const ready = Promise.withResolvers<undefined>();
    try {
      await all(signal, [
        (joint) => this.#follow(joint, () => ready.resolve(undefined)),
        (joint) => this.#admin.run(joint),
        async (joint) => {
          await ready.promise;
          const work = (key: string) =>
            this.#deps.shares.during(parseResourceKey(key).namespace, 'work', (tenure) =>
              this.#work(key, tenure, AbortSignal.any([joint, tenure.signal])),
            );
          await this.#queue.run(workers, work, joint);
        },
      ]);
    } finally {
      await this.#session.close();
    }
  }

  /** Keeps the gateway reached and compared, until the signal aborts. */
  async #follow(signal: AbortSignal, ready: () => void): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      await this.#deps.clock.sleep(this.#parking.leftMs, signal);
      this.#poked = Promise.withResolvers();
      const wasLost = this.#session.reach.problem !== undefined;
      const { isIdle } = this.#deps.shares;
      let pauseMs: number;
      try {
        await this.#look(wasLost, signal);
        failures = 0;
        pauseMs = this.#options.driftIntervalMs * (0.9 + 0.2 * Math.random());
      } catch (error) {
        if (isAborted(signal)) break;
        failures += 1;
        pauseMs = this.#lose(error, failures);
      }
      if (!isIdle) ready();
      await this.#deps.clock.sleep(restMs, signal);
      await Promise.race([this.#deps.clock.sleep(pauseMs, signal), this.#poked.promise]);
    }
    ready();
  }

  async #look(wasLost: boolean, signal: AbortSignal): Promise<void> {
    const { shares } = this.#deps;
    const gateway = this.#gateway();
    if (gateway === undefined || shares.isIdle) return;
    const before = this.#session.generation;
    const client = await this.#session.connect(gateway, signal);
    const isOther = before !== undefined && before !== client.generation;
    this.#admin.looked({ begins: wasLost });
    this.#builtIns.forget();
    const steps = {
      ...this.#steps(signal),
      user: this.#session.reach.user,
      lastSeen: this.#lastSeen,
      tried: (subject: Subject) => this.#refused.get(resourceKey(subject.resource)),
    };
    const comparison = await compareGateway(gateway, client, steps);
    dealWith(comparison, gateway, { ...this.#deps, enqueue: this.enqueue.bind(this) });
    for (const { resource } of this.#deps.cluster.all()) this.#deps.book.caughtUp(resource);
    const { faults, lists } = comparison;
    // Whatever could not be done while it was away or of another generation, and what is new since.
    if (wasLost || isOther)
      for (const { resource } of this.#deps.cluster.all())
        this.enqueue(resourceKey(resource), { background: true });
    const isFull = faults.length === 0;
    const unclaimed = isFull
      ? await this.#orphans.look(gateway, client, { lists, lastSeen: this.#lastSeen }, signal)
      : undefined;
    if (unclaimed === undefined) this.#lastSeen.keep(new Set(lists.map(({ place }) => collectionOf(place))));
    const templates = await this.#builtIns.list(client, signal);
    const told = {
      apiVersion: client.generation,
      problem: undefined,
      faults: faults.map(({ message }) => message),
      templates,
      unclaimed,
    };
    this.#deps.reporter.compared(this.#options.key, told);
  }

  #lose(error: unknown, failures: number): number {
    const { key } = this.#options;
    this.#session.lose(error, lostAt(this.#gateway()) ?? this.#deps.clock.now());
    const problem = this.#session.reach.problem ?? '';
    this.#deps.reporter.lost(key, problem);
    if (failures === 1) this.#deps.logger.warn({ gateway: key, error }, 'A gateway can not be reached');
    const asked = error instanceof GatewayError ? error : undefined;
    const pauseMs = retryMs(asked?.retryAfterMs, failures, { baseMs: 1000, capMs: 60_000 });
    if (asked?.status === 429) this.#parking.park(pauseMs);
    return pauseMs;
  }

  async #work(key: string, tenure: Tenure, signal: AbortSignal): Promise<void> {
    if (this.#parking.leftMs > 0) {
      this.#queue.addAfter(key, this.#parking.leftMs);
      return;
    }
    const subject = this.#deps.cluster.findByKey(key);
    const gateway = this.#gateway();
    const suspicion = this.#suspicions.get(key);
    this.#suspicions.delete(key);
    this.#deps.metrics.queue.set({ gateway: this.#options.key }, this.#meter.depth);
    if (subject === undefined || gateway === undefined) {
      this.#attempts.delete(key);
      this.#refused.delete(key);
      return;
    }
    const steps: ProvideSteps = { ...this.#steps(signal), reach: this.#session.reachUnder(tenure) };
    const startedAtMs = this.#deps.clock.monotonicMs();
    const outcome = await attempt(subject, gateway, this.#options.key, suspicion, steps, this.#deps);
    let again: number | undefined;
    if (outcome?.is === 'postponed') this.#queue.addAfter(key, (again = outcome.ms));
    else if (outcome !== undefined) {
      this.#admin.attempted(subject, outcome);
      again = this.#followUp(key, outcome);
    }
    // What could not be put right yet is still drift when it is.
    if (suspicion !== undefined && outcome?.is !== 'programmed' && outcome?.is !== 'gone')
      this.#suspicions.set(key, this.#suspicions.get(key) ?? suspicion);
    countReconcile(this.#deps, controllerName(subject.row.kind), resultOf(outcome, again), startedAtMs);
  }

  /** @returns after how long it is tried again; undefined where nothing but news leads to another attempt */
  #followUp(key: string, outcome: Outcome): number | undefined {
    const isGood = outcome.is === 'programmed' || outcome.is === 'gone';
    const attempts = isGood ? 0 : (this.#attempts.get(key) ?? 0) + 1;
    if (isGood) this.#attempts.delete(key);
    else this.#attempts.set(key, attempts);
    if (outcome.is === 'refused' && outcome.tried !== undefined) this.#refused.set(key, outcome.tried);
    else this.#refused.delete(key);
    const again = againAfterMs(outcome, attempts, Math.random);
    if (outcome.is === 'failing' && outcome.isBusy === true) this.#parking.park(again ?? 0);
    else if (outcome.is === 'failing' && ['Unavailable', 'Forbidden'].includes(outcome.reason)) this.poke();
    if (again !== undefined) this.#queue.addAfter(key, again);
    return again;
  }

  #gateway(): StoredGateway | undefined {
    return this.#deps.cluster.gateway(this.#options.key);
  }

  #steps(signal: AbortSignal) {
    const hasBuiltIn = (kinds: readonly string[], name: string) =>
      this.#builtIns.has(this.#session.reach.client, kinds, name, signal);
    return { ...this.#deps, signal, hasBuiltIn, quotas: this.#quotas };
  }
}
