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
  readonly notes?: LeaseNotes | undefined;
}

type Annotations = Readonly<Record<string, string>>;

/** What those who hold a Lease together write into it, each for itself. */
export interface LeaseNotes {
  /** Told of the annotations whenever they were read or written. */
  read(annotations: Annotations): void;
  /** The annotations as they are to be written by one who holds the Lease, or goes on holding it. */
  write(annotations: Annotations): Annotations;
  /** The annotations without one who lets go; empty when nobody is left to hold it. */
  leave(annotations: Annotations): { readonly annotations: Annotations; readonly isEmpty: boolean };
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

/** How often a lease is given back that others write to at the same time. */
const maxTries = 5;

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

  /** Only sees who has it, so that its end is known as soon as can be. Never throws. */
  async look(signal: AbortSignal): Promise<Attempt> {
    const { client, clock, logger } = this.#dependencies;
    const { namespace, name, renewMs } = this.#options;
    try {
      const limited = client.within({ signal, timeoutMs: renewMs });
      const stored = await limited.get<Lease>(leaseType, namespace, name);
      if (stored) this.#sighting = sight(this.#sighting, stored, clock.monotonicMs());
      return 'taken by another';
    } catch (error) {
      if (!isKubeError(error, 'aborted')) logger.warn({ error }, 'could not read the lease');
      return 'failed';
    }
  }

  /**
   * Takes or renews the lease, if that is possible now. Never throws. What was not renewed in time, or was taken by
   * another in between, is not renewed any more, though it may be free again: first the old term has to end.
   */
  async attempt(signal: AbortSignal): Promise<Attempt> {
    const { client, clock, logger } = this.#dependencies;
    const { namespace, name, identity, leaseMs, renewMs, notes } = this.#options;
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
      notes?.read(stored?.metadata.annotations ?? {});
      const spec = heldBy(identity, leaseMs, clock.now(), stored?.spec);
      const lease = await (stored
        ? limited.replace<Lease>(leaseType, { ...this.#noted(stored), spec })
        : limited.create<Lease>(leaseType, { ...this.#noted(blank(namespace, name)), spec }));
      this.#sighting = { lease, atMs: clock.monotonicMs() };
      notes?.read(lease.metadata.annotations ?? {});
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
    const { client, logger } = this.#dependencies;
    const { leaseMs, renewMs } = this.#options;
    const term = this.#term;
    term?.end('the lease was given back');
    this.#term = undefined;
    const quietInMs = term?.quietInMs(leaseMs) ?? 0;
    if (quietInMs > 0) return quietInMs;
    try {
      for (let tries = 1; !(await this.#letGo(client.within({ timeoutMs: renewMs }))); tries += 1)
        if (tries === maxTries) break;
    } catch (error) {
      logger.debug({ error }, 'could not give the lease back');
    }
    return 0;
  }

  /** False where another write came between. */
  async #letGo(client: KubeClient): Promise<boolean> {
    const { namespace, name, identity, notes } = this.#options;
    const before = this.#sighting?.lease;
    if (before?.spec?.holderIdentity !== identity) return true;
    const stored = await client.get<Lease>(leaseType, namespace, name);
    if (stored?.spec === undefined || !isSameReign(before, stored)) return true;
    const left = notes?.leave(stored.metadata.annotations ?? {});
    const spec =
      left?.isEmpty === false ? stored.spec : givenBack(stored.spec, this.#dependencies.clock.now());
    const annotations = left?.annotations ?? stored.metadata.annotations;
    const metadata = { ...stored.metadata, ...(annotations && { annotations }) };
    try {
      await client.replace<Lease>(leaseType, { ...stored, metadata, spec });
      return true;
    } catch (error) {
      if (isKubeError(error, 'conflict')) return false;
      throw error;
    }
  }

  #noted(lease: Lease): Lease {
    const annotations = this.#options.notes?.write(lease.metadata.annotations ?? {});
    return annotations === undefined ? lease : { ...lease, metadata: { ...lease.metadata, annotations } };
  }
}

function blank(namespace: string, name: string): Lease {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { namespace, name } };
}
