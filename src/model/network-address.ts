import { isIP, isIPv4 } from 'node:net';

/** What an upstream's host says of where it is, without asking DNS. */
export interface Whereabouts {
  /** Of a network that the internet does not route: RFC 1918, RFC 6598 (CGNAT), ULA and what is reserved. */
  readonly private: boolean;
  /** Where machines of clouds find their credentials. */
  readonly linkLocal: boolean;
  /** The machine itself, 0.0.0.0 and :: among it. */
  readonly loopback: boolean;
  /** A Service of this cluster: a name without a dot, or one below svc or cluster.local. */
  readonly inCluster: boolean;
}

const nowhere: Whereabouts = { private: false, linkLocal: false, loopback: false, inCluster: false };

/** Where a host is, however it is spelled. An IPv6 address has no brackets here. */
export function whereabouts(host: string): Whereabouts {
  const name = normalHost(host);
  if (isIPv4(name)) return ofIPv4(octetsOf(name));
  if (isIP(name) === 6) return ofIPv6(name);
  if (name === 'localhost' || name.endsWith('.localhost')) return { ...nowhere, loopback: true };
  if (metadataNames.has(name)) return { ...nowhere, linkLocal: true };
  const inCluster =
    (name !== '' && !name.includes('.')) ||
    /(^|\.)(svc|cluster\.local)$/.test(name) ||
    name.includes('.svc.');
  return { ...nowhere, inCluster };
}

/** Names under which clouds serve what stands at 169.254.169.254. */
const metadataNames = new Set(['metadata.google.internal', 'metadata', 'instance-data']);

/**
 * A host as every resolver would come to understand it: lower case, no dot at its end, IPv4 in four decimal numbers
 * (`0x7f.1`, `2130706433` and full-width digits are 127.0.0.1 for the WHATWG's URL and for inet_aton), no IPv6 zone.
 */
export function normalHost(host: string): string {
  const bare = host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/%.*$/, '')
    .replace(/\.+$/, '');
  const bracketed = isIP(bare) === 6 ? `[${bare}]` : bare;
  const read = URL.canParse(`http://${bracketed}/`) ? new URL(`http://${bracketed}/`).hostname : bracketed;
  return read.replace(/^\[|\]$/g, '').replace(/\.+$/, '');
}

type Octets = readonly [number, number, number, number];

function octetsOf(address: string): Octets {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return [a, b, c, d];
}

function ofIPv4([a, b, c]: Octets): Whereabouts {
  if (a === 127 || a === 0) return { ...nowhere, loopback: true };
  if (a === 169 && b === 254) return { ...nowhere, linkLocal: true };
  const isPrivate =
    a === 10 ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 100 && b >= 64 && b <= 127) ||
    (a === 192 && b === 0 && c === 0) ||
    (a === 198 && (b === 18 || b === 19)) ||
    a >= 240;
  return { ...nowhere, private: isPrivate };
}

/** Addresses that carry an IPv4 address are where that is: mapped, compatible, NAT64 and 6to4. */
function ofIPv6(address: string): Whereabouts {
  const groups = groupsOf(address);
  const [first = 0, second = 0] = groups;
  const low = groups.slice(6);
  if (groups.every((group) => group === 0)) return { ...nowhere, loopback: true };
  if (groups.slice(0, 7).every((group) => group === 0) && groups[7] === 1)
    return { ...nowhere, loopback: true };
  const upToLow = groups.slice(0, 6);
  const isMapped = upToLow.slice(0, 5).every((group) => group === 0) && [0, 0xffff].includes(upToLow[5] ?? 1);
  const isTranslated = first === 0x64 && second === 0xff9b;
  if (isMapped || isTranslated) return ofIPv4(embedded(low));
  if (first === 0x2002) return ofIPv4(embedded(groups.slice(1, 3)));
  // Amazon's second address of the same.
  if (address === 'fd00:ec2::254') return { ...nowhere, linkLocal: true };
  if ((first & 0xffc0) === 0xfe80) return { ...nowhere, linkLocal: true };
  return { ...nowhere, private: (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfec0 };
}

function embedded([high = 0, low = 0]: readonly number[]): Octets {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff];
}

/** The eight groups of an address that the WHATWG's URL has written, which has no dotted part any more. */
function groupsOf(address: string): readonly number[] {
  const [head = '', tail] = address.split('::');
  const read = (part: string) => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)));
  const before = read(head);
  const after = tail === undefined ? [] : read(tail);
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}
