/**
 * A generation of the gateway's management API. 0.9 is what gateway 1.1 speaks, 1 what gateway 1.2 and newer
 * speak; the two share their paths but for the version, and neither understands the other's base path.
 */
export type Generation = 'v0.9' | 'v1';

export const generations: readonly Generation[] = ['v0.9', 'v1'];

export const group = 'gateway.api-platform.wso2.com';

/** Where the collections of a generation stand, relative to the management port. */
export function managementBase(generation: Generation): string {
  return `/api/management/${generation}`;
}

/** Where health, the configuration dump and the sync status stand, relative to the admin port. */
export function adminBase(generation: Generation): string {
  return `/api/admin/${generation}`;
}

/** The apiVersion that an enveloped document carries; gateway 1.1 refuses every other. */
export function payloadVersion(generation: Generation): string {
  return generation === 'v0.9' ? `${group}/v1alpha1` : `${group}/v1`;
}
