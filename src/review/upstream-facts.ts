import type { Address } from '../model/derived.ts';
import { isTemplate } from '../model/expression.ts';
import { normalHost, whereabouts, type Whereabouts } from '../model/network-address.ts';
import { withoutCredentials } from './masked.ts';

/** What rules see of an upstream. `port` is the scheme's own where the URL names none, and 0 where nobody can tell. */
export interface UpstreamFacts extends Whereabouts {
  readonly path: string;
  readonly url: string;
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** The gateway's to render, so that nothing else is known. */
  readonly templated: boolean;
  /** A user or a password stands in the URL, which is shown without them. */
  readonly credentials: boolean;
}

const ports: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** Reads a URL as a gateway does (Go's net/url), and its host as whatever resolves it may. */
export function upstreamFacts({ path, url }: Address): UpstreamFacts {
  const [, scheme = '', authority = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(url) ?? [];
  const lower = scheme.toLowerCase();
  const at = authority.lastIndexOf('@');
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?/.exec(authority.slice(at + 1)) ?? [];
  const templated = isTemplate(url);
  const known = templated ? '' : normalHost(host);
  return {
    path,
    url: withoutCredentials(url),
    scheme: lower,
    host: known,
    port: port === undefined || port === '' ? (ports[lower] ?? 0) : Number(port),
    tls: lower === 'https',
    templated,
    credentials: at >= 0,
    ...whereabouts(known),
  };
}
