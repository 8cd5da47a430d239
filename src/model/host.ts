import { isIP } from 'node:net';

/** The host of a URL in the form in which it is judged: lower case, an IPv6 address without its brackets. */
export function plainHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '').toLowerCase();
}

/** Addresses at which clouds keep their machines' credentials, and nobody a gateway. Takes a plain host. */
export function isLinkLocal(host: string): boolean {
  return (
    (isIP(host) === 4 && host.startsWith('169.254.')) ||
    (isIP(host) === 6 && /^(fe[89ab]|::ffff:a9fe:)/.test(host))
  );
}

/** The machine that asks. Takes a plain host. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  return (
    (isIP(host) === 4 && host.startsWith('127.')) || (isIP(host) === 6 && /^(::1$|::ffff:7f)/.test(host))
  );
}
