import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { GuardOrder, GuardReport } from './guard.ts';

export interface Process {
  readonly name: string;
  readonly logFile: string;
  /** Resolves when it runs; never, if it can't be started. */
  readonly pid: Promise<number>;
  /** Resolves with how it ended ("code 1", "SIGKILL"). */
  readonly ended: Promise<string>;
}

/**
 * The processes of one cluster, owned by a guard process (see guard.ts), so that none of them outlives this one.
 * Nothing here keeps the event loop alive.
 */
export class Guarded {
  readonly #guard;
  readonly #folder: string;
  readonly #beginnings = new Map<string, (pid: number) => void>();
  readonly #endings = new Map<string, (how: string) => void>();

  constructor(folder: string, options: { readonly removeFolder: boolean }) {
    this.#folder = folder;
    // A process group of its own: a Ctrl-C on the terminal reaches the owner, who ends things in order.
    this.#guard = spawn(process.execPath, [join(import.meta.dirname, 'guard.ts'), folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
      // No proxies, no coverage, no KUBECONFIG: what runs below must not depend on who started it.
      env: { PATH: process.env.PATH, HOME: folder },
    });
    this.#guard.stdin.on('error', () => undefined);
    createInterface({ input: this.#guard.stdout }).on('line', (line) =>
      this.#hear(JSON.parse(line) as GuardReport),
    );
    for (const handle of [this.#guard, this.#guard.stdin, this.#guard.stdout]) unref(handle);
    if (options.removeFolder) this.#tell({ order: 'remove-at-end', folder });
  }

  start(name: string, command: string, args: readonly string[]): Process {
    const logFile = join(this.#folder, `${name}.log`);
    const { promise: ended, resolve } = Promise.withResolvers<string>();
    const pid = Promise.withResolvers<number>();
    this.#endings.set(name, resolve);
    this.#beginnings.set(name, pid.resolve);
    this.#tell({ order: 'start', name, command, args, logFile });
    return { name, logFile, pid: pid.promise, ended };
  }

  /** Sends a signal to one process. One that has ended already gets nothing. */
  signal({ name }: Process, signal: NodeJS.Signals): void {
    this.#tell({ order: 'signal', name, signal });
  }

  /** Ends the processes, the newest first, and resolves when they are gone. */
  async stop(): Promise<void> {
    if (this.#guard.exitCode !== null || this.#guard.signalCode !== null) return;
    this.#guard.ref();
    const exit = once(this.#guard, 'exit');
    this.#guard.stdin.end();
    await exit;
  }

  #tell(order: GuardOrder): void {
    this.#guard.stdin.write(`${JSON.stringify(order)}\n`);
  }

  #hear(report: GuardReport): void {
    if (report.is === 'started') this.#beginnings.get(report.name)?.(report.pid);
    else this.#endings.get(report.name)?.(report.how);
  }
}

/** Sockets and processes have it; the type of a child's pipes does not say so. */
function unref(handle: unknown): void {
  (handle as { unref?: () => void }).unref?.();
}

/** The end of a process's log, for the message of an error. */
export async function lastLines(logFile: string, count: number): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-count).join('\n  ');
}
