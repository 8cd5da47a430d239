import type { Pair } from './material.ts';

/** What a process serves with, and what those who call it are to trust. */
export interface Served {
  readonly leaf: Pair;
  /** PEM; undefined where somebody else tells the callers. */
  readonly bundle: string | undefined;
  /**
   * Where each replica has a certificate of its own: every authority of the bundle. What other replicas trust stands
   * beside them, for as long as those said that it is to.
   */
  readonly shared?: readonly Trusted[];
  /** When to look again, if nothing tells earlier. */
  readonly lookAgain: Date;
}

/** An authority, and until when somebody may serve what it signed. */
export interface Trusted {
  readonly pem: string;
  readonly until: Date;
}

/** What is known of the callers. */
export interface Trust {
  /** In how many milliseconds these certificates will have stood in every webhook configuration for long enough. */
  settlesInMs(pem: string): number;
}

/** Where certificates come from. */
export interface Source {
  /** The certificate to serve with now, made or renewed if it has to be; throws a `NoCertificate` where there is none. */
  look(trust: Trust): Promise<Served>;
  /** Tells of changes that somebody else makes, until the signal. */
  watch(changed: () => void, signal: AbortSignal): Promise<void>;
}

/** There is no certificate, for a reason that a person can mend; it is looked for again. */
export class NoCertificate extends Error {
  override readonly name = 'NoCertificate';
}
