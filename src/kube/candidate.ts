import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { momentOf, Term } from '../runtime/tenure.ts';
import type { KubeClient } from './client.ts';
import { isKubeError } from './kube-error.ts';
import {
  givenBack,
  heldBy,
  isSameReign,
  type Lease,
  leaseType,
  mayTake,
  type Sighting,
  sight,
} from './lease.ts';

interface CandidateOptions {
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  readonly leaseMs: number;
  readonly renewMs: number;
}

interface CandidateDependencies {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
}

export type Attempt = 'held' | 'taken by another' | 'failed';

/**
 * How much of a lease is used. The rest is for what is on its way when it runs out, and for the rounding of
 * `leaseDurationSeconds`. client-go has the same proportion (10 s of 15 s).
 */
const usable = 2 / 3;

/** One who may hold the Lease, and how long it still does. */
export class Candidate {
  readonly #options: CandidateOptions;
  readonly #dependencies: CandidateDependencies;
  #sighting: Sighting | undefined;
  #term: Term | undefined;

  constructor(options: CandidateOptions, dependencies: CandidateDependencies) {
    this.#options = options;
    this.#dependencies = dependencies;
  }

  /** From the first attempt that was 'held' until the lease is given back: how long we may still act. */
  get term(): Term | undefined {
    return this.#term;
  }

  /**
   * Takes or renews the lease, if that is possible now. Never throws. What was not renewed in time, or was taken by
   * another in between, is not renewed any more, though it may be free again: first the old term has to end.
   */
  async attempt(signal: AbortSignal): Promise<Attempt> {
    const { client, clock, logger } = this.#dependencies;
    const { namespace, name, identity, leaseMs, renewMs } = this.#options;
    const limited = client.within({ signal, timeoutMs: renewMs });
    // From before the renewal is sent: what the others see of it, they see later.
    const since = momentOf(clock);
    const before = this.#sighting?.lease;
    try {
      const stored = await limited.get<Lease>(leaseType, namespace, name);
      if (stored) {
        this.#sighting = sight(this.#sighting, stored, clock.monotonicMs());
        if (!mayTake(this.#sighting, identity, clock.monotonicMs())) return 'taken by another';
      }
      if (this.#term !== undefined && !isSameReign(before, stored)) return 'taken by another';
      const spec = heldBy(identity, leaseMs, clock.now(), stored?.spec);
      const lease = await (stored
        ? limited.replace<Lease>(leaseType, { ...stored, spec })
        : limited.create<Lease>(leaseType, {
            apiVersion: 'coordination.k8s.io/v1',
            kind: 'Lease',
            metadata: { namespace, name },
            spec,
          }));
      this.#sighting = { lease, atMs: clock.monotonicMs() };
      if (this.#term === undefined) this.#term = new Term({ clock }, since, leaseMs * usable);
      else if (!this.#term.prolong(since, leaseMs * usable)) return 'taken by another';
      return 'held';
    } catch (error) {
      if (!isKubeError(error, 'conflict', 'exists', 'aborted'))
        logger.warn({ error }, 'could not take or renew the lease');
      return 'failed';
    }
  }

  /**
   * Ends the term and lets the next one lead at once. Never throws: a lease that stays expires. It stays on purpose
   * where something that we sent may still be on its way; the answer is for how many milliseconds, in which not even
   * we may lead again.
   */
  async giveBack(): Promise<number> {
    const { client, clock, logger } = this.#dependencies;
    const { identity, leaseMs, renewMs } = this.#options;
    const lease = this.#sighting?.lease;
    const term = this.#term;
    term?.end('the lease was given back');
    this.#term = undefined;
    const quietInMs = term?.quietInMs(leaseMs) ?? 0;
    if (quietInMs > 0) return quietInMs;
    if (lease?.spec?.holderIdentity !== identity) return 0;
    try {
      const spec = givenBack(lease.spec, clock.now());
      await client.within({ timeoutMs: renewMs }).replace<Lease>(leaseType, { ...lease, spec });
    } catch (error) {
      logger.debug({ error }, 'could not give the lease back');
    }
    return 0;
  }
}
