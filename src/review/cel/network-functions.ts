import { BlockList, isIP } from 'node:net';
import type { Environment } from '@marcbachmann/cel-js';
import { whereabouts } from '../../model/network-address.ts';

class Address {
  readonly text: string;
  readonly family: 4 | 6;

  constructor(text: string) {
    const family = text.includes('%') ? 0 : isIP(text);
    if (family === 0) throw new Error(`ip: ${JSON.stringify(text)} is no IP address`);
    this.text = text;
    this.family = family as 4 | 6;
  }
}

class Range {
  readonly address: Address;
  readonly prefix: number;
  readonly #block = new BlockList();

  constructor(text: string) {
    const [address = '', prefix = ''] = text.split('/', 2);
    this.address = new Address(address);
    this.prefix = /^\d{1,3}$/.test(prefix) ? Number(prefix) : Infinity;
    if (this.prefix > (this.address.family === 4 ? 32 : 128))
      throw new Error(`cidr: ${JSON.stringify(text)} is no range such as 10.0.0.0/8`);
    this.#block.addSubnet(this.address.text, this.prefix, `ipv${this.address.family}`);
  }

  has(address: Address): boolean {
    return address.family === this.address.family && this.#block.check(address.text, `ipv${address.family}`);
  }

  covers(other: Range): boolean {
    return other.prefix >= this.prefix && this.has(other.address);
  }
}

/** What Kubernetes has for addresses: `ip`, `cidr` and `url`, each with the questions that can be asked of it. */
export function addNetworkFunctions(environment: Environment): void {
  const add = (signature: string, handler: (...values: never[]) => unknown) =>
    environment.registerFunction(signature, handler, { async: false });
  environment
    .registerType('net.IP', Address)
    .registerType('net.CIDR', Range)
    .registerType('kubernetes.URL', URL);

  add('ip(string): net.IP', (text: string) => new Address(text));
  add('isIP(string): bool', (text: string) => succeeds(() => new Address(text)));
  add('string(net.IP): string', ({ text }: Address) => text);
  add('net.IP.family(): int', ({ family }: Address) => BigInt(family));
  add('net.IP.isLoopback(): bool', ({ text }: Address) => whereabouts(text).loopback);
  add('net.IP.isLinkLocalUnicast(): bool', ({ text }: Address) => whereabouts(text).linkLocal);
  add('net.IP.isPrivate(): bool', ({ text }: Address) => whereabouts(text).private);

  add('cidr(string): net.CIDR', (text: string) => new Range(text));
  add('isCIDR(string): bool', (text: string) => succeeds(() => new Range(text)));
  add('net.CIDR.containsIP(string): bool', (range: Range, text: string) => range.has(new Address(text)));
  add('net.CIDR.containsIP(net.IP): bool', (range: Range, address: Address) => range.has(address));
  add('net.CIDR.containsCIDR(string): bool', (range: Range, text: string) => range.covers(new Range(text)));
  add('net.CIDR.containsCIDR(net.CIDR): bool', (range: Range, other: Range) => range.covers(other));
  add('net.CIDR.ip(): net.IP', ({ address }: Range) => address);
  add('net.CIDR.prefixLength(): int', ({ prefix }: Range) => BigInt(prefix));

  add('url(string): kubernetes.URL', (text: string) => {
    if (!URL.canParse(text)) throw new Error('url: the text is no URL');
    return new URL(text);
  });
  add('isURL(string): bool', (text: string) => URL.canParse(text));
  add('kubernetes.URL.getScheme(): string', ({ protocol }: URL) => protocol.replace(/:$/, ''));
  add('kubernetes.URL.getHost(): string', ({ host }: URL) => host);
  add('kubernetes.URL.getHostname(): string', ({ hostname }: URL) => hostname.replace(/^\[|\]$/g, ''));
  add('kubernetes.URL.getPort(): string', ({ port }: URL) => port);
  add('kubernetes.URL.getEscapedPath(): string', ({ pathname }: URL) => pathname);
  add(
    'kubernetes.URL.getQuery(): map<string, list<string>>',
    ({ searchParams }: URL) =>
      new Map([...new Set(searchParams.keys())].map((key) => [key, searchParams.getAll(key)])),
  );
}

function succeeds(make: () => unknown): boolean {
  try {
    make();
    return true;
  } catch {
    return false;
  }
}
