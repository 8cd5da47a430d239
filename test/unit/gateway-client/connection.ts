import type { Credentials, GatewayTls } from '../../../src/gateway/endpoint.ts';
import { GatewayError } from '../../../src/gateway/gateway-error.ts';
import { Transport, type TransportOptions } from '../../../src/gateway/transport.ts';
import { Sensitive } from '../../../src/runtime/sensitive.ts';

export const asAdmin: Credentials = { by: 'basic', username: 'admin', password: new Sensitive('admin') };

/** A connection to a gateway as its admin, unless it is said otherwise. */
export function connect(
  url: string,
  options: Partial<Omit<TransportOptions, 'endpoint'>> & {
    readonly credentials?: Credentials;
    readonly tls?: GatewayTls;
    readonly maxConcurrency?: number;
  } = {},
): Transport {
  const { credentials = asAdmin, tls = {}, maxConcurrency = 4, ...rest } = options;
  return new Transport({ endpoint: { url: new URL(url), credentials, tls, maxConcurrency }, ...rest });
}

/** The GatewayError that a call ends in. */
export async function failureOf(call: Promise<unknown>): Promise<GatewayError> {
  const failure = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof GatewayError))
    throw new Error('it did not fail as a gateway does', { cause: failure });
  return failure;
}

/** A signal that never aborts. */
export const forever = new AbortController().signal;
