import { Command, Option } from 'commander';
import { layouts } from '../../src/export/files.ts';
import { withConnection } from '../connect.ts';
import { Exit, exitCode } from '../exit-code.ts';
import { explained } from '../explained.ts';
import type { Io } from '../io.ts';
import { exportGatewayTo } from './from-gateway.ts';
import { exportOperator } from './from-operator.ts';
import type { ExportOptions } from './options.ts';

export function exportCommand(io: Io): Command {
  const command = new Command('export')
    .description(
      "Writes what a live gateway holds, or what the platform's own operator left in the cluster, as manifests.",
    )
    .addOption(
      new Option(
        '--gateway <url|name>',
        'base URL of a management API, or an APIGateway of the cluster, [NAMESPACE/]NAME',
      ).conflicts('fromOperator'),
    )
    .option('--from-operator', "resources of the platform's own operator, for Portcullis to take over")
    .option('--apply', 'with --from-operator: mark them where they are, and write no files')
    .option('--to <folder|->', 'where the manifests go; - is standard output', '-')
    .option('--secrets <file>', `where the Secrets go (default: 00-secrets.yaml in the folder of --to)`)
    .addOption(
      new Option('--layout <layout>', 'a file for each kind, for each resource, or one for all')
        .choices(layouts)
        .default('kind'),
    )
    .option('--force', 'write over files that are there; what was filled into the Secrets stays')
    .addOption(
      new Option(
        '--adoption-policy <policy>',
        'annotation for all manifests, for applying them to the same gateway',
      ).choices(['IfEqual', 'IfUnowned', 'Never']),
    )
    .option('--address <url>', 'where an APIGateway is reached from here, such as a forwarded port')
    .addOption(
      new Option('--api-version <version>', 'of the management API')
        .choices(['Auto', 'v0.9', 'v1'])
        .default('Auto'),
    )
    .option('--user <name>', 'user; the password comes from --password-file or PORTCULLIS_GATEWAY_PASSWORD')
    .option('--password-file <file>', 'file with the password')
    .addOption(new Option('--token-file <file>', 'file with a bearer token').conflicts('user'))
    .option('--ca-file <file>', 'CA (PEM) that signed the certificate of the gateway')
    .option('--insecure-skip-verify', 'trust any certificate; for trying things out only');
  explained(withConnection(command), {
    examples: [
      [
        'export --gateway https://gateway.example:9090 --user admin --password-file pw --to gateway',
        'what a gateway holds, as files in the folder gateway',
      ],
      [
        'export --gateway shop/edge --to gateway -n shop',
        'an APIGateway of the cluster, with its own credentials',
      ],
      [
        'export --gateway shop/edge --address http://localhost:9090 --to gateway --layout resource',
        'the same through a forwarded port, a file for each resource',
      ],
      [
        'export --from-operator -A --to moved',
        "everything that the platform's own operator left, as manifests",
      ],
      ['export --from-operator --apply -n shop', 'no files: mark it where it is, to be taken over'],
    ],
    exits: {
      0: 'all is exported',
      1: 'something was left out, or admission would refuse it; standard error says what and why',
      69: 'the gateway or the cluster could not be reached',
    },
  });
  return command.action(async (options: ExportOptions) => {
    const isWhole = await run(io, options);
    if (!isWhole) throw new Exit(exitCode.failed);
  });
}

async function run(io: Io, options: ExportOptions): Promise<boolean> {
  if (options.fromOperator === true) return await exportOperator(io, options);
  if (options.apply === true) throw usage('--apply goes with --from-operator');
  if (options.gateway === undefined) throw usage('give --gateway <url|name> or --from-operator');
  return await exportGatewayTo(io, options.gateway, options);
}

function usage(what: string): Exit {
  return new Exit(exitCode.usage, `${what}; see portcullis export --help`);
}
