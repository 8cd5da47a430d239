import { group } from './generation.ts';

/**
 * What the platform's own operator leaves behind, so that its users can move over. Source: its releases 0.8 and 0.11,
 * which give every kind a finalizer of its own and keep what they sent last in annotations.
 */
const finalizerPattern = /^[a-z]+-finalizer$/;
const bookkeepingPattern = /(^|-)last-(applied|deployed)-.|^policy-valuefrom-fingerprint$/;

/** Its leader Lease, in whichever namespace it runs. */
export const operatorLease = `a5e4ae5b.${group}`;

export function isPlatformFinalizer(name: string): boolean {
  return finalizerPattern.test(ownPart(name));
}

/** The platform's own operator has it in its hands, or had: what stands at the gateway is this resource's. */
export function isFromPlatform({
  metadata,
}: {
  readonly metadata: { readonly finalizers?: readonly string[] };
}): boolean {
  return (metadata.finalizers ?? []).some(isPlatformFinalizer);
}

/** An annotation in which it remembers what it did. Of no use to a gateway. */
export function isPlatformBookkeeping(annotation: string): boolean {
  return bookkeepingPattern.test(ownPart(annotation));
}

/** What kubectl keeps there, and the operator sends along: the whole manifest, with inline secrets. */
export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** A name below the platform's group; empty for any other. */
function ownPart(name: string): string {
  return name.startsWith(`${group}/`) ? name.slice(group.length + 1) : '';
}
