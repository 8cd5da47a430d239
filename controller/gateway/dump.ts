import type { Endpoint } from '../../src/gateway/endpoint.ts';
import { GatewayError } from '../../src/gateway/gateway-error.ts';
import { Transport } from '../../src/gateway/transport.ts';
import type { Generation } from '../../src/model/generation.ts';
import { definitionsIn, type PolicyDefinition } from '../../src/policies/definition.ts';

/** What came of asking a gateway for its dump. A message completes "it …" or stands alone. */
export type Dump =
  | { readonly is: 'read'; readonly definitions: readonly PolicyDefinition[] }
  /** The newest gateways have it switched off by default. */
  | { readonly is: 'off' }
  | { readonly is: 'failed'; readonly message: string };

/** Some 140 kB and 1.1 kB for each API were measured: this is room for more than 20 000. */
const maxDumpBytes = 32 * 1024 * 1024;

/**
 * Reads the definitions of policies from the dump of a gateway, and forgets the rest of it unseen: on 1.1.0 there
 * are secrets in it. Management credentials are what generation 1 asks for there too.
 */
export async function readDump(
  adminUrl: URL,
  generation: Generation,
  management: Endpoint,
  signal: AbortSignal,
): Promise<Dump> {
  const endpoint = { ...management, url: adminUrl, maxConcurrency: 1 };
  const transport = new Transport({ endpoint, maxResponseBytes: maxDumpBytes });
  try {
    const path = `/api/admin/${generation}/config_dump`;
    const purpose = 'read which policies the gateway has loaded';
    const { status, body } = await transport.call({ method: 'GET', path, purpose }, signal);
    if (status === 404) return { is: 'off' };
    const definitions = status === 200 ? definitionsIn(body) : undefined;
    if (definitions !== undefined) return { is: 'read', definitions };
    const why = status === 200 ? 'the answer lists none' : `the answer is ${status}`;
    return { is: 'failed', message: `could not ${purpose} because ${why}` };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { is: 'failed', message: error.message };
  } finally {
    await transport.close();
  }
}
