import { Command, InvalidArgumentError } from 'commander';
import { table } from '../../src/kinds/table.ts';
import { SchemaCheck } from '../../src/model/checked.ts';
import { stringify } from 'yaml';
import { connect, withConnection, type ConnectionOptions } from '../connect.ts';
import { Exit, exitCode } from '../exit-code.ts';
import { explained } from '../explained.ts';
import type { Io } from '../io.ts';
import { print, withOutput, type OutputOptions } from '../output.ts';
import { withProgress } from '../progress.ts';
import { applyUntilReady } from './apply.ts';
import { faultsInManifest, type Manifest } from './judge.ts';
import { manifestFrom } from './manifest.ts';
import { routesOf } from './routes.ts';

interface Options extends ConnectionOptions, OutputOptions {
  readonly fromFile: string;
  readonly upstream?: string;
  readonly contextPath?: string;
  readonly version?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly dryRun?: boolean;
  readonly wait: boolean;
  readonly timeout: number;
}

export function addApiCommand(io: Io): Command {
  const command = new Command('api')
    .description(
      'Makes an API of a description in Swagger 2.0 or OpenAPI 3.0 or 3.1, waits until every gateway that takes it has it, and shows the routes.',
    )
    .argument('<name>', 'name of the resource')
    .requiredOption(
      '--from-file <file>',
      'the description: a file, an http or https URL, or - for standard input',
    )
    .option('--upstream <url>', "URL of the backend (default: the first of the description's servers)")
    .option(
      '--context-path <path>',
      'path below which it answers (default: that of the server, else the name)',
    )
    .option('--version <version>', "version (default: the description's)")
    .option(
      '-l, --label <key=value>',
      'label of the resource, such as one that a gateway selects; may be repeated',
      labelled,
      {},
    )
    .option('--dry-run', 'print the manifest, and change nothing')
    .option('--no-wait', 'end as soon as it is applied')
    .option('--timeout <seconds>', 'how long to wait', seconds, 60)
    .action((name: string, options: Options & { readonly label: Options['labels'] }) =>
      addApi(name, { ...options, labels: options.label }, io),
    );
  withOutput(withConnection(command, { lists: false }));
  return explained(command, {
    examples: [
      ['add api petstore --from-file=petstore.yaml', 'as the description says'],
      [
        'add api petstore --from-file=https://petstore.example/openapi.json --upstream http://petstore.shop.svc:8080',
        'for a backend in the cluster',
      ],
      [
        'add api petstore --from-file=petstore.yaml --dry-run > petstore-api.yaml',
        'a manifest for a repository',
      ],
    ],
    exits: {
      0: 'it is Ready (with --no-wait or --dry-run: it is well formed)',
      1: 'the description is not valid, or it was refused, or did not get Ready in time',
      69: 'the cluster, or the URL of the description, can not be reached',
    },
  });
}

function labelled(value: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, key, text] = /^([^=]+)=(.*)$/.exec(value) ?? [];
  if (key === undefined || text === undefined) throw new InvalidArgumentError('It must be key=value.');
  return { ...before, [key]: text };
}

function seconds(value: string): number {
  const parsed = Number(value);
  if (!(parsed > 0)) throw new InvalidArgumentError('It must be a number of seconds above zero.');
  return parsed;
}

async function addApi(name: string, options: Options, io: Io): Promise<void> {
  const connection = options.dryRun === true ? undefined : connect(io, options);
  const namespace = connection?.namespace ?? options.namespace ?? 'default';
  const manifest = await withProgress(io, `Reading ${options.fromFile}`, () =>
    manifestFrom({ ...options, name, namespace }, io),
  );
  await tell(manifest, io);
  if (connection === undefined) {
    io.out(options.output === 'json' ? `${JSON.stringify(manifest, null, 2)}\n` : stringify(manifest));
    return;
  }
  const ready = await withProgress(io, `Applying ${name}`, (say) =>
    applyUntilReady(manifest, {
      client: connection.client,
      io,
      timeoutMs: options.timeout * 1000,
      isAwaited: options.wait,
      say,
    }),
  );
  const routes = routesOf(ready);
  if (options.output === 'table')
    io.out(`${manifest.kind} ${namespace}/${name} is ${options.wait ? 'Ready' : 'applied'}.\n`);
  print(io, options.output, {
    columns: ['GATEWAY', 'HOST', 'METHOD', 'PATH'],
    rows: routes.map(({ gateway, host, method, path }) => [gateway, host, method, path]),
    value: { resource: ready, routes },
    none: 'No gateway has it yet.',
  });
}

/** Says what would be refused before anything is sent, and what is worth a word. */
async function tell(manifest: Manifest, io: Io): Promise<void> {
  const { errors, warnings } = await faultsInManifest(
    manifest,
    { table, schemas: new SchemaCheck() },
    io.clock.now(),
  );
  for (const warning of warnings) io.err(`warning: ${warning}\n`);
  for (const error of errors) io.err(`error: ${error}\n`);
  if (errors.length > 0) throw new Exit(exitCode.failed);
}
