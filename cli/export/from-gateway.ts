import { exportGateway } from '../../src/export/export-gateway.ts';
import { GatewayError } from '../../src/gateway/gateway-error.ts';
import { detectGeneration } from '../../src/gateway/generation.ts';
import { ManagementClient } from '../../src/gateway/management-client.ts';
import { Transport } from '../../src/gateway/transport.ts';
import { table } from '../../src/kinds/table.ts';
import { SchemaCheck } from '../../src/model/checked.ts';
import { Exit, exitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { withProgress } from '../progress.ts';
import { version } from '../version.ts';
import type { ExportOptions } from './options.ts';
import { readContent, type Read } from './read-content.ts';
import { reachedBy, type Reached } from './reached.ts';
import { tell } from './summary.ts';
import { write } from './write.ts';

/** Gives whether everything that the gateway holds is exported. */
export async function exportGatewayTo(io: Io, gateway: string, options: ExportOptions): Promise<boolean> {
  const reached = await reachedBy(io, gateway, options);
  const { unread, ...content } = await withProgress(io, `reading ${reached.endpoint.url.host}`, () =>
    contentOf(io, reached, gateway),
  );
  const made = exportGateway(
    content,
    { namespace: options.namespace, adoption: options.adoptionPolicy, now: io.clock.now() },
    { table, schemas: new SchemaCheck() },
  );
  const whole = { ...made, leftOut: [...unread, ...made.leftOut] };
  const written = await write(io, whole, options);
  const of = `${reached.endpoint.url.host} (management API ${content.generation})`;
  return tell(io, { of, whole, written });
}

async function contentOf(io: Io, { endpoint, apiVersion }: Reached, gateway: string): Promise<Read> {
  const transport = new Transport({ endpoint, userAgent: `portcullis-export/${version}` });
  try {
    const generation = apiVersion === 'Auto' ? await detectGeneration(transport, io.signal) : apiVersion;
    const client = new ManagementClient({ generation }, { transport });
    return await readContent({ client, table, signal: io.signal });
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    throw new Exit(codeOf(error), `${error.message}; ${wayOut(error, gateway)}`);
  } finally {
    await transport.close();
  }
}

function codeOf({ means }: GatewayError) {
  return means === 'unavailable' ? exitCode.unreachable : exitCode.failed;
}

function wayOut({ status }: GatewayError, gateway: string): string {
  if (status === 401) return 'sign in with --user and --password-file, or --token-file';
  return gateway.includes('://')
    ? 'is --gateway the base URL of its management API?'
    : 'from outside of the cluster, forward its port and give --address';
}
