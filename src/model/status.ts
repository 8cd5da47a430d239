/** The condition of the Kubernetes API conventions. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
  readonly lastTransitionTime: string;
}

export type BindingState = 'Programmed' | 'Waiting' | 'Refused' | 'Failing' | 'Removing' | 'Orphaned';

/** One resource on one gateway. Placement lives here and not in memory: a restart forgets nothing. */
export interface BindingStatus {
  readonly namespace: string;
  readonly name: string;
  readonly state: BindingState;
  readonly reason?: string;
  readonly message?: string;
  /** The id that the gateway gave, for kinds whose ids are assigned. */
  readonly id?: string;
  /** Below which parent (collection path and handle) it stands, for nested kinds. */
  readonly parent?: string;
  readonly fingerprint?: string;
  /** A digest of each field that only a new creation changes, as it was sent. */
  readonly fixed?: Readonly<Record<string, string>>;
  readonly observedGeneration?: number;
  /** The last write at the gateway, RFC 3339. */
  readonly lastSyncTime?: string;
  /** The gateway's own `updatedAt` after our last write, where hidden credentials make it the sign of drift. */
  readonly remoteUpdatedAt?: string;
  /** Paths that the gateway took and did not keep, so that their absence is no drift. */
  readonly unkept?: readonly string[];
  /** The annotation `resync-at` that was followed last. */
  readonly resync?: string;
  /** Absent for kinds of which nobody can tell, and where there is nobody to ask. */
  readonly live?: LiveStatus;
}

/**
 * Whether what stands at a gateway has reached what carries its traffic, which happens seconds to minutes after it was
 * stored. `Undeployed`: it has, and carries none, as it was asked.
 */
export interface LiveStatus {
  readonly state: 'Live' | 'Pending' | 'Undeployed' | 'Unknown';
  /** Since when: for Pending that is the write, RFC 3339. */
  readonly since: string;
  /** Why nobody can tell. */
  readonly reason?: string;
  readonly message?: string;
}

/** The status of every kind but APIGateway. */
export interface ResourceStatus {
  readonly observedGeneration?: number;
  /** For people: on how many of the selected gateways the resource is programmed, as `2/2`. */
  readonly programmed?: string;
  readonly id?: string;
  /** The absolute expiry fixed at the first write, for kinds whose lifetime is given as a duration. */
  readonly expiresAt?: string;
  readonly conditions?: readonly Condition[];
  readonly gateways?: readonly BindingStatus[];
}
