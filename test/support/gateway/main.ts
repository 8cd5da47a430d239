import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { parse } from 'yaml';
import type { Gateway } from './emulator.ts';
import { startGateway } from './emulator.ts';
import type { Api } from './generation.ts';
import { managementBase } from './generation.ts';
import type { PolicyDefinition } from './policies/definition.ts';

interface CommandLine {
  readonly port: number;
  readonly api: Api;
  readonly host: string;
  readonly policies?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
  readonly pollInterval: number;
}

const examples = `
Examples:
  $ npm run gateway -- --port 9090 --api v0.9
  $ npm run gateway -- --port 9090 --api v1 --tls-cert tls.crt --tls-key tls.key
  $ curl -u admin:admin http://127.0.0.1:9090/api/management/v0.9/rest-apis

Users: admin/admin, dev/dev, consumer/consumer. The admin API (health, config_dump, xds_sync_status) is on
the second port after --port; there the emulator is steered as well:
  $ curl -d '{"method": "POST", "path": "/rest-apis*", "status": 503, "times": 2}' localhost:9092/emulator/faults
  $ curl -d '{"method": "PUT", "connection": "lost answer", "times": 1}' localhost:9092/emulator/faults
  $ curl -X DELETE localhost:9092/emulator/faults
  $ curl localhost:9092/emulator/calls
  $ curl -X POST localhost:9092/emulator/restart-empty
`;

const program = new Command('gateway')
  .description('Emulates the management API of a WSO2 gateway-controller.')
  .option('--port <port>', 'of the management API; 0: any free one', wholeNumber, 9090)
  .addOption(
    new Option('--api <generation>', 'of the management API').choices(['v0.9', 'v1']).default('v0.9'),
  )
  .option('--host <address>', 'to listen on', '127.0.0.1')
  .option(
    '--policies <file>',
    'policy definitions (a JSON or YAML list) to load in place of the default ones',
  )
  .option('--tls-cert <file>', 'certificate chain (PEM); makes the management API HTTPS')
  .option('--tls-key <file>', 'its private key (PEM)')
  .option('--tls-ca <file>', 'CA (PEM) that must have signed client certificates')
  .option('--poll-interval <ms>', 'how far the live state may lag, in milliseconds', wholeNumber, 3000)
  .addHelpText('after', examples)
  .parse();

const options = program.opts<CommandLine>();
if ((options.tlsCert === undefined) !== (options.tlsKey === undefined)) {
  program.error('--tls-cert and --tls-key go together');
}

const gateway = await start(options).catch((error: unknown) =>
  program.error(`could not start because ${(error as Error).message}`),
);
console.log(`management API ${gateway.url}${managementBase(options.api)}`);
console.log(`admin API      ${gateway.adminUrl}`);

const stop = (): void => void gateway.stop();
process.once('SIGINT', stop).once('SIGTERM', stop);

async function start({
  api,
  port,
  host,
  pollInterval,
  policies,
  tlsCert,
  tlsKey,
  tlsCa,
}: CommandLine): Promise<Gateway> {
  const read = (file: string): string => readFileSync(file, 'utf8');
  const ca = tlsCa === undefined ? {} : { ca: read(tlsCa) };
  const secured =
    tlsCert === undefined || tlsKey === undefined
      ? {}
      : { tls: { cert: read(tlsCert), key: read(tlsKey), ...ca } };
  const loaded = policies === undefined ? {} : { policies: parse(read(policies)) as PolicyDefinition[] };
  return startGateway({ api, port, host, pollIntervalMs: pollInterval, ...secured, ...loaded });
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
