import { isLinkLocal, isLoopback, plainHost } from '../model/host.ts';

/**
 * Whether a host is one that a management URL may not name: link-local addresses, where clouds keep their
 * credentials, and the controller's own machine unless that is allowed.
 */
export function isForbiddenHost(hostname: string, allowLoopback: boolean): boolean {
  const host = plainHost(hostname);
  return isLinkLocal(host) || (!allowLoopback && isLoopback(host));
}
