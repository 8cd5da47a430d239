/**
 * A process that owns the processes of one cluster and outlives its own owner just long enough to end them.
 *
 * Standard input carries one JSON `GuardOrder` per line. When it closes, because the owner asked for the end or is
 * dead, by whatever signal, the processes are ended, the newest first, and the folders to remove are removed. So an
 * orderly stop and a SIGKILL of the owner take the same path. Exits are reported on standard output, one JSON
 * `GuardReport` per line. The argument is the cluster's folder, for those who read the list of processes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

export type GuardOrder =
  | {
      readonly order: 'start';
      readonly name: string;
      readonly command: string;
      readonly args: readonly string[];
      readonly logFile: string;
    }
  | { readonly order: 'signal'; readonly name: string; readonly signal: NodeJS.Signals }
  | { readonly order: 'remove-at-end'; readonly folder: string };

export type GuardReport =
  | { readonly is: 'started'; readonly name: string; readonly pid: number }
  | { readonly is: 'ended'; readonly name: string; readonly how: string };

/** What a process gets to end by itself. etcd and kube-apiserver need well below a second when nobody is connected. */
const graceMs = 3_000;

interface Running {
  readonly name: string;
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
}

const running: Running[] = [];
const folders: string[] = [];

// The owner may be gone: nobody reads the reports then, and that is all right.
process.stdout.on('error', () => undefined);
const orders = createInterface({ input: process.stdin });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => orders.close());

for await (const line of orders) obey(JSON.parse(line) as GuardOrder);
for (const { child, ended } of running.reverse()) {
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(impatience);
}
for (const folder of folders) rmSync(folder, { recursive: true, force: true });

function obey(order: GuardOrder): void {
  switch (order.order) {
    case 'start':
      running.push(start(order.name, order.command, order.args, order.logFile));
      break;
    case 'signal':
      running.find(({ name }) => name === order.name)?.child.kill(order.signal);
      break;
    case 'remove-at-end':
      folders.push(order.folder);
  }
}

function start(name: string, command: string, args: readonly string[], logFile: string): Running {
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, { stdio: ['ignore', log, log] });
  const { promise: ended, resolve } = Promise.withResolvers<undefined>();
  child.on('spawn', () => report({ is: 'started', name, pid: child.pid ?? -1 }));
  child.on('error', (error) => end(error.message));
  child.on('exit', (code, signal) => end(signal ?? `code ${code ?? '?'}`));
  const end = (how: string): void => {
    report({ is: 'ended', name, how });
    resolve(undefined);
  };
  return { name, child, ended };
}

function report(what: GuardReport): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
