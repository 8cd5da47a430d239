import type { Clock } from '../../src/runtime/clock.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import type { Outcome } from '../binding/outcome.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Subject } from '../cluster/stored.ts';
import type { Shares } from '../shards/shares.ts';
import { openPort, type Port } from './admin-access.ts';
import { adminPauseMs, isDumpDue, quiet, type Pace } from './admin-pace.ts';
import type { Trouble } from './admin-port.ts';
import { dumpIsOff, type AdminNews } from './admin-news.ts';
import type { DumpContent } from './dump.ts';
import type { Liveness } from './liveness.ts';
import type { LoadedPolicies } from './loaded-policies.ts';
import type { Session } from './session.ts';

interface Options {
  /** `namespace/name` of the APIGateway. */
  readonly key: string;
  readonly allowLoopback: boolean;
}

interface Dependencies {
  readonly cluster: Pick<Cluster, 'gateway'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly liveness: Liveness;
  readonly policies: Pick<LoadedPolicies, 'learn'>;
  readonly reporter: { watched(gateway: string, news: AdminNews): void };
  readonly session: Pick<Session, 'reach' | 'endpoint'>;
  readonly shares: Pick<Shares, 'holds' | 'held'>;
}

/** A gateway that does not answer for so long restarts, as a rule; longer, and nobody can tell what is live there. */
const graceMs = 5000;

/** What is written together is asked about together, and nothing is live sooner. */
const gatherMs = 250;

/**
 * Follows the admin port of a gateway: which policies it has loaded, and what of ours is live. In a loop of its own, so
 * that a port that does not answer keeps nothing else waiting. The dump, which is large, is read when the version of
 * what Envoy was told has moved; while all is live and the version stands, that version is all that is asked for.
 *
 * What is live is told in the statuses of the resources, and so each replica asks that has any of them; of the policies
 * only the one tells that has the gateway's own shard.
 */
export class AdminWatch {
  readonly #options: Options;
  readonly #deps: Dependencies;
  #port: Port | undefined;
  #version: string | undefined;
  #pace: Pace = quiet;
  #troubledSinceMs: number | undefined;
  #begins = false;
  /** What the APIGateway said of the port when it was asked last, and what was ours to tell of it. */
  #asked: string | undefined;
  #woken = Promise.withResolvers<undefined>();

  constructor(options: Options, dependencies: Dependencies) {
    this.#options = options;
    this.#deps = dependencies;
  }

  /** Told after each look at the gateway; asks at once where a session begins, or the address or our part is another. */
  looked({ begins }: { readonly begins: boolean }): void {
    if (begins) this.#begins = true;
    if (begins || this.#wanted() !== this.#asked) this.#woken.resolve(undefined);
  }

  /** Told of each attempt at a resource. */
  attempted(subject: Subject, outcome: Outcome): void {
    if (!this.#deps.liveness.attempted(subject, outcome)) return;
    this.#pace = { ...this.#pace, still: 0 };
    this.#woken.resolve(undefined);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, liveness } = this.#deps;
    try {
      while (!signal.aborted) {
        this.#woken = Promise.withResolvers();
        const woken = this.#woken.promise;
        const hasAsked = await this.#look(signal);
        const { restMs, pauseMs } = adminPauseMs(this.#pace, liveness.pending, Math.random);
        if (hasAsked) await clock.sleep(restMs, signal);
        await Promise.race([clock.sleep(Math.max(pauseMs - restMs, 0), signal), woken]);
        await clock.sleep(gatherMs, signal);
      }
    } finally {
      await this.#disconnect();
    }
  }

  /** Whether anything was asked. A fault of ours must not end what else goes on at the gateway. */
  async #look(signal: AbortSignal): Promise<boolean> {
    try {
      const port = await this.#connect();
      if (port === undefined) return false;
      if (port === 'lost') {
        this.#doubt({ reason: 'Unreachable', message: this.#deps.session.reach.problem ?? '' });
        return false;
      }
      await this.#ask(port, signal);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      this.#pace = { ...this.#pace, failures: this.#pace.failures + 1 };
      if (this.#pace.failures === 1)
        this.#deps.logger.warn(
          { gateway: this.#options.key, error },
          'What is live at a gateway was not told',
        );
      return true;
    }
  }

  async #ask(port: Port | Trouble | 'nowhere', signal: AbortSignal): Promise<void> {
    if (port === 'nowhere') {
      await this.#say({ is: 'nowhere' });
      return;
    }
    if ('reason' in port) {
      await this.#fail(port);
      return;
    }
    const version = await port.admin.version(signal);
    if (version.is === 'failed') await this.#fail(version);
    else await this.#follow(port, version.is === 'read' ? version.value : '', signal);
  }

  async #follow(port: Port, version: string, signal: AbortSignal): Promise<void> {
    const { clock, liveness, policies } = this.#deps;
    const hasMoved = version !== this.#version;
    if (hasMoved || isDumpDue(this.#pace, liveness.pending, clock.monotonicMs())) {
      const startedMs = clock.monotonicMs();
      const dump = await port.admin.dump(signal);
      if (dump.is === 'failed') {
        await this.#fail(dump);
        return;
      }
      this.#succeed();
      if (dump.is === 'off') {
        await this.#say(dump);
        return;
      }
      const endedMs = clock.monotonicMs();
      const inVain = hasMoved ? 0 : this.#pace.inVain + 1;
      this.#pace = { ...this.#pace, dumpedAtMs: endedMs, dumpTookMs: endedMs - startedMs, inVain };
      this.#version = version;
      await this.#say(dump, port.admin.isOpen);
    } else {
      this.#succeed();
      this.#pace = { ...this.#pace, dumpTookMs: 0 };
      await policies.learn();
    }
    this.#pace = { ...this.#pace, still: hasMoved ? 0 : this.#pace.still + 1 };
    await liveness.judge(port.client, signal);
  }

  /** Tells everybody what came of asking. */
  async #say(
    told: { readonly is: 'off' | 'nowhere' } | { readonly is: 'read'; readonly value: DumpContent },
    isOpen = false,
  ): Promise<void> {
    const { liveness, policies, reporter } = this.#deps;
    const { key } = this.#options;
    if (told.is === 'read') {
      liveness.sees(told.value.apis);
      reporter.watched(key, { is: isOpen ? 'open' : 'guarded' });
      await policies.learn({ is: 'read', definitions: told.value.definitions });
      return;
    }
    if (told.is === 'off') liveness.cannotTell(dumpIsOff);
    else liveness.nowhere();
    reporter.watched(key, { is: told.is });
    await policies.learn({ is: told.is });
  }

  #succeed(): void {
    this.#troubledSinceMs = undefined;
    this.#pace = { ...this.#pace, failures: 0 };
  }

  async #fail(trouble: Trouble): Promise<void> {
    this.#doubt(trouble);
    await this.#deps.policies.learn(trouble);
  }

  #doubt({ reason, message }: Omit<Trouble, 'is'>): void {
    const { clock, liveness } = this.#deps;
    // Whatever answers next may be another gateway.
    this.#version = undefined;
    this.#troubledSinceMs ??= clock.monotonicMs();
    this.#pace = { ...this.#pace, failures: this.#pace.failures + 1 };
    const isLasting = clock.monotonicMs() - this.#troubledSinceMs >= graceMs;
    if (reason === 'Forbidden' || isLasting) liveness.cannotTell({ reason, message });
  }

  /** The port as the APIGateway names it now, or why there is no way to it; undefined while there is no APIGateway. */
  async #connect(): Promise<Port | Trouble | 'nowhere' | 'lost' | undefined> {
    const { session, cluster, liveness, shares } = this.#deps;
    if (cluster.gateway(this.#options.key) === undefined) return undefined;
    const adminUrl = this.#management()?.adminUrl;
    this.#asked = this.#wanted();
    if (!shares.holds(this.#options.key) && !liveness.hasBound) {
      await this.#disconnect();
      return undefined;
    }
    if (adminUrl === undefined) {
      await this.#disconnect();
      return 'nowhere';
    }
    const { client } = session.reach;
    const { endpoint } = session;
    if (client === undefined || endpoint === undefined) return 'lost';
    const known = this.#port;
    const isSame =
      known?.adminUrl === adminUrl && known.endpoint === endpoint && known.client === client && !this.#begins;
    if (isSame) return known;
    this.#begins = false;
    liveness.forget();
    await this.#disconnect();
    const port = openPort({ adminUrl, endpoint, client }, this.#options);
    if (!('reason' in port)) this.#port = port;
    return port;
  }

  async #disconnect(): Promise<void> {
    const known = this.#port;
    this.#port = undefined;
    this.#version = undefined;
    await known?.admin.close();
  }

  #management() {
    return this.#deps.cluster.gateway(this.#options.key)?.spec?.management;
  }

  #wanted(): string {
    const { adminUrl = '', policyDefinitionsRef } = this.#management() ?? {};
    return `${adminUrl} ${policyDefinitionsRef?.name ?? ''} ${this.#deps.shares.held.join()}`;
  }
}
