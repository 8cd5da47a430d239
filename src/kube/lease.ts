import type { BareObject, ResourceType } from './resource.ts';

export const leaseType: ResourceType = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  namespaced: true,
};

export interface LeaseSpec {
  readonly holderIdentity?: string | null;
  readonly leaseDurationSeconds?: number | null;
  readonly acquireTime?: string | null;
  readonly renewTime?: string | null;
  readonly leaseTransitions?: number | null;
}

export interface Lease extends BareObject {
  readonly spec?: LeaseSpec;
}

/** A lease as we last saw it change, on our own clock: the holder's clock may be wrong. */
export interface Sighting {
  readonly lease: Lease;
  readonly atMs: number;
}

/** The sighting that counts now: the former one, unless the lease has changed since. */
export function sight(former: Sighting | undefined, lease: Lease, nowMs: number): Sighting {
  return former && former.lease.metadata.resourceVersion === lease.metadata.resourceVersion
    ? former
    : { lease, atMs: nowMs };
}

/** Whether `identity` may take the lease: nobody has it, it has it already, or its holder has been silent too long. */
export function mayTake({ lease, atMs }: Sighting, identity: string, nowMs: number): boolean {
  const holder = lease.spec?.holderIdentity ?? '';
  if (holder === '' || holder === identity) return true;
  return nowMs - atMs > (lease.spec?.leaseDurationSeconds ?? 0) * 1000;
}

/** The spec of the lease when `identity` holds it from `now`, or goes on holding it. */
export function heldBy(
  identity: string,
  leaseMs: number,
  now: Date,
  before: LeaseSpec | undefined,
): LeaseSpec {
  const isMine = before?.holderIdentity === identity;
  const moment = microTime(now);
  return {
    holderIdentity: identity,
    leaseDurationSeconds: Math.ceil(leaseMs / 1000),
    acquireTime: isMine ? (before.acquireTime ?? moment) : moment,
    renewTime: moment,
    leaseTransitions: (before?.leaseTransitions ?? 0) + (isMine || !before ? 0 : 1),
  };
}

/** Whether a lease has been in one hand all the while; else somebody may have had it, and have let it go again. */
export function isSameReign(before: Lease | undefined, now: Lease | undefined): boolean {
  const one = before?.spec;
  const other = now?.spec;
  return (
    before?.metadata.uid === now?.metadata.uid &&
    one?.holderIdentity === other?.holderIdentity &&
    one?.leaseTransitions === other?.leaseTransitions &&
    one?.acquireTime === other?.acquireTime
  );
}

/** The spec of a lease that is given back, so that the next holder needn't wait for its end. */
export function givenBack(before: LeaseSpec, now: Date): LeaseSpec {
  return { ...before, holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(now) };
}

function microTime(moment: Date): string {
  return moment.toISOString().replace('Z', '000Z');
}
