import { Command } from 'commander';
import { gatewayKey } from '../../src/selection/gateways.ts';
import { ageText } from '../age.ts';
import { readInventory } from '../cluster/inventory.ts';
import { rowNamed } from '../cluster/kind-named.ts';
import { connect, withConnection, type Connection, type ConnectionOptions } from '../connect.ts';
import { Exit, exitCode } from '../exit-code.ts';
import { explained } from '../explained.ts';
import type { Io } from '../io.ts';
import { print, tableText, withOutput, type Cell, type OutputOptions } from '../output.ts';
import { withProgress } from '../progress.ts';
import { bindingsOf, liveAt, type BindingLine } from './bindings.ts';
import { gatewayLine, type GatewayLine } from './gateway-line.ts';
import { troublesOf, type Trouble } from './troubles.ts';

type Options = ConnectionOptions & OutputOptions & { readonly watch?: boolean };

/** How often --watch looks again. */
const watchMs = 2000;

export function statusCommand(io: Io): Command {
  const command = new Command('status')
    .description(
      'Tells which resources do not stand at their gateways as wanted, and why: what is not Ready, not live, or not kept, the oldest first.',
    )
    .argument('[kind]', 'only these, as restapis or rapi')
    .argument('[name]', 'only this one, with all that is known of it')
    .option('-w, --watch', 'look again every two seconds, until Ctrl-C, and tell what has changed')
    .action(async (kind: string | undefined, name: string | undefined, options: Options) => {
      const connection = connect(io, options);
      const look = () => lookAt(connection, kind, name);
      const seen = await withProgress(io, 'reading what the cluster says', look);
      show(io, options, seen);
      if (options.watch === true) await watch(io, options, look, seen);
      if (!isWell(seen)) throw new Exit(exitCode.failed);
    });
  withOutput(withConnection(command));
  return explained(command, {
    examples: [
      [
        'status -A',
        'everything in the cluster: a line for each gateway, and one for each thing that is wrong',
      ],
      ['status restapis -n shop', 'the RestApis of one namespace'],
      ['status restapi books -n shop', 'one resource on each of its gateways'],
      ['status -A -o json | jq .troubles', 'for programs'],
    ],
    exits: {
      0: 'everything is as wanted',
      1: 'something is not, or nothing could be read of it',
      69: 'the cluster can not be reached',
    },
  });
}

interface Seen {
  readonly gateways: readonly GatewayLine[];
  readonly troubles: readonly Trouble[];
  readonly resources: number;
  /** Of what was asked for by name only. */
  readonly bindings?: readonly BindingLine[];
  readonly unread: readonly string[];
}

async function lookAt(
  { client, listed, namespace }: Connection,
  kind: string | undefined,
  name: string | undefined,
): Promise<Seen> {
  const row = kind === undefined ? undefined : rowNamed(kind);
  const all = await readInventory(client, {
    namespace: listed,
    ...(row === undefined ? {} : { rows: [row] }),
  });
  const resources = all.resources.filter(
    ({ resource }) => name === undefined || resource.metadata.name === name,
  );
  if (row !== undefined && name !== undefined && resources.length === 0 && all.unread.length === 0) {
    const where = listed === undefined ? 'in any namespace' : `in namespace ${namespace}`;
    throw new Exit(exitCode.failed, `there is no ${row.kind} ${name} ${where}`);
  }
  const holding = new Set(bindingsOf(resources).map(({ gateway }) => gateway));
  const gateways = all.gateways.filter(({ metadata }) => {
    if (holding.has(gatewayKey(metadata))) return true;
    return row === undefined && (listed === undefined || metadata.namespace === listed);
  });
  return {
    gateways: gateways
      .map((gateway) => gatewayLine(gateway, liveAt(gatewayKey(gateway.metadata), resources)))
      .toSorted((one, other) => one.gateway.localeCompare(other.gateway)),
    troubles: troublesOf(gateways, resources),
    resources: resources.length,
    ...(name === undefined ? {} : { bindings: bindingsOf(resources) }),
    unread: all.unread,
  };
}

function isWell({ troubles, unread }: Seen): boolean {
  return troubles.length === 0 && unread.length === 0;
}

async function watch(io: Io, options: Options, look: () => Promise<Seen>, first: Seen): Promise<void> {
  let before = JSON.stringify(first);
  for (;;) {
    await io.clock.sleep(watchMs, io.signal);
    io.signal.throwIfAborted();
    const seen = await look();
    const now = JSON.stringify(seen);
    if (now === before) continue;
    before = now;
    if (options.output === 'table') io.out('\n');
    show(io, options, seen);
  }
}

function show(io: Io, { output }: Options, seen: Seen): void {
  for (const line of seen.unread) io.err(`warning: ${line}\n`);
  if (output !== 'table') {
    const { unread: _, ...value } = seen;
    print(io, output, { columns: [], rows: [], value });
    return;
  }
  const now = io.clock.now();
  if (seen.gateways.length === 0) io.err('no APIGateway is here, or none may be seen\n');
  else io.out(tableText(gatewayColumns, seen.gateways.map(gatewayCells(now)), io.colour));
  if (seen.bindings !== undefined && seen.bindings.length > 0)
    io.out(`\n${tableText(bindingColumns, seen.bindings.map(bindingCells(now)), io.colour)}`);
  else if (seen.troubles.length > 0)
    io.out(`\n${tableText(troubleColumns, seen.troubles.map(troubleCells(now)), io.colour)}`);
}

const gatewayColumns = [
  'GATEWAY',
  'REACHABLE',
  'SYNCED',
  'API',
  'PROGRAMMED',
  'FAILING',
  'LIVE',
  'UNMANAGED',
  'ORPHANED',
  'COMPARED',
];

function gatewayCells(now: Date): (line: GatewayLine) => readonly Cell[] {
  return (line) => [
    line.gateway,
    truth(line.reachable),
    truth(line.synced),
    line.apiVersion ?? '',
    `${line.programmed}/${line.bound}`,
    line.failing === 0 ? '0' : { text: String(line.failing), tone: 'bad' },
    line.live.of === 0 ? '' : `${line.live.is}/${line.live.of}`,
    line.unmanaged === undefined ? '' : String(line.unmanaged),
    line.orphaned === undefined ? '' : String(line.orphaned),
    ageText(line.lastSyncTime, now),
  ];
}

function truth(word: string): Cell {
  return { text: word, tone: word === 'True' ? 'good' : word === 'False' ? 'bad' : 'warning' };
}

const troubleColumns = ['KIND', 'RESOURCE', 'GATEWAY', 'SINCE', 'REASON', 'MESSAGE'];

function troubleCells(now: Date): (trouble: Trouble) => readonly Cell[] {
  return ({ kind, namespace, name, gateway = '', since, reason, message }) => [
    kind,
    `${namespace}/${name}`,
    gateway,
    ageText(since, now),
    { text: reason, tone: 'bad' },
    message,
  ];
}

const bindingColumns = ['KIND', 'RESOURCE', 'GATEWAY', 'STATE', 'LIVE', 'WRITTEN', 'REASON', 'MESSAGE'];

function bindingCells(now: Date): (line: BindingLine) => readonly Cell[] {
  return (line) => [
    line.kind,
    `${line.namespace}/${line.name}`,
    line.gateway,
    { text: line.state, tone: line.state === 'Programmed' ? 'good' : 'bad' },
    line.live ?? '',
    ageText(line.lastSyncTime, now),
    line.reason ?? '',
    line.message ?? '',
  ];
}
