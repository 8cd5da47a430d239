import { isIP } from 'node:net';

/**
 * Whether a host is one that a management URL may not name: link-local addresses, where clouds keep their
 * credentials, and the controller's own machine unless that is allowed.
 */
export function isForbiddenHost(hostname: string, allowLoopback: boolean): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return isLinkLocal(host) || (!allowLoopback && isLoopback(host));
}

function isLinkLocal(host: string): boolean {
  return (
    (isIP(host) === 4 && host.startsWith('169.254.')) ||
    (isIP(host) === 6 && /^(fe[89ab]|::ffff:a9fe:)/.test(host))
  );
}

function isLoopback(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  return (
    (isIP(host) === 4 && host.startsWith('127.')) || (isIP(host) === 6 && /^(::1$|::ffff:7f)/.test(host))
  );
}
