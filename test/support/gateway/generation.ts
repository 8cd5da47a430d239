/** The two generations of the management API. */
export type Api = 'v0.9' | 'v1';

/** The apiVersion that documents of a generation carry. */
export function apiVersionOf(api: Api): string {
  return `gateway.api-platform.wso2.com/${api === 'v1' ? 'v1' : 'v1alpha1'}`;
}

export function managementBase(api: Api): string {
  return `/api/management/${api}`;
}

export function adminBase(api: Api): string {
  return `/api/admin/${api}`;
}
