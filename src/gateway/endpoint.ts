import type { Sensitive } from '../runtime/sensitive.ts';

/** How we show ourselves to a gateway. */
export type Credentials =
  | { readonly by: 'basic'; readonly username: string; readonly password: Sensitive }
  | { readonly by: 'bearer'; readonly token: Sensitive }
  | { readonly by: 'none' };

export interface GatewayTls {
  /** PEM; the system's own CAs where absent. */
  readonly ca?: string;
  readonly clientCertificate?: { readonly certificate: string; readonly key: Sensitive };
  readonly insecureSkipVerify?: boolean;
}

/** Where a management API is and how it is spoken to. */
export interface Endpoint {
  /** Base URL, without the path of any generation. */
  readonly url: URL;
  readonly credentials: Credentials;
  readonly tls: GatewayTls;
  /** Calls under way at once. */
  readonly maxConcurrency: number;
}

/** What makes out the credentials, in every shape in which they are sent. */
export function secretsOf({ credentials }: Pick<Endpoint, 'credentials'>): readonly string[] {
  const sent = authorization(credentials)?.replace(/^\w+ /, '');
  const password = credentials.by === 'basic' ? credentials.password.reveal() : undefined;
  return [sent, password].filter((secret) => secret !== undefined);
}

/** The header that carries the credentials; undefined where there are none. */
export function authorization(credentials: Credentials): string | undefined {
  switch (credentials.by) {
    case 'basic': {
      const pair = `${credentials.username}:${credentials.password.reveal()}`;
      return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
    }
    case 'bearer':
      return `Bearer ${credentials.token.reveal()}`;
    case 'none':
      return undefined;
  }
}
