import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './cluster/free-ports.ts';
import { Guarded, lastLines } from './cluster/guarded.ts';
import { startKubeProxy, type KubeProxy } from './kube-proxy.ts';
import { root } from './root.ts';

export interface LogLine {
  readonly msg: string;
  readonly identity?: string;
  readonly [field: string]: unknown;
}

/** A controller as a process of its own, with its own way to the API server. */
export interface Replica {
  readonly name: string;
  /** What it calls itself, in Leases and towards gateways. */
  readonly identity: string;
  /** Where its probes and metrics are. */
  readonly probeUrl: string;
  readonly api: KubeProxy;
  /** How the process ended. */
  readonly ended: Promise<string>;
  signal(name: NodeJS.Signals): Promise<void>;
  log(): Promise<readonly LogLine[]>;
  /** Where it prints to, for as long as the replicas are there. */
  readonly logFile: string;
  /** Everything that it printed, lines that are no log lines too. */
  output(): Promise<string>;
  /** What it says of itself, as Prometheus would read it. */
  metrics(): Promise<string>;
}

interface StartOptions {
  readonly isAwaited?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
}

/** Controllers that share the work of one installation. */
export class Replicas {
  readonly #kubeconfig: string;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #proxies: KubeProxy[] = [];
  #processes: { readonly folder: string; readonly guarded: Guarded } | undefined;

  constructor(kubeconfig: string, settings: Readonly<Record<string, string>>) {
    this.#kubeconfig = kubeconfig;
    this.#settings = settings;
  }

  /**
   * Starts one more, with other settings than its peers if need be, and resolves when it is ready or, where that is not
   * awaited, when it serves its probes.
   */
  async start(name: string, { isAwaited = true, settings: other = {} }: StartOptions = {}): Promise<Replica> {
    const { folder, guarded } = (this.#processes ??= await begin());
    const api = await startKubeProxy(this.#kubeconfig, join(folder, `${name}.kubeconfig`));
    this.#proxies.push(api);
    const [port = 0] = await freePorts(1);
    const settings = {
      PORTCULLIS_KUBECONFIG: api.kubeconfig,
      PORTCULLIS_ALLOW_LOOPBACK: 'true',
      PORTCULLIS_PROBE_HOST: '127.0.0.1',
      PORTCULLIS_PROBE_PORT: String(port),
      ...this.#settings,
      ...other,
    };
    const assignments = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
    const process = guarded.start(name, 'env', [...assignments, execPath, join(root, 'controller/main.ts')]);
    const output = () => readFile(process.logFile, 'utf8');
    const log = async () => linesOf(await output());
    let ended: string | undefined;
    void process.ended.then((how) => (ended = how));
    const probeUrl = `http://127.0.0.1:${port}`;
    const isReady = async () =>
      (await fetch(`${probeUrl}/${isAwaited ? 'readyz' : 'healthz'}`).catch(() => undefined))?.ok === true;
    while (!(await isReady())) {
      if (ended !== undefined)
        throw new Error(`${name} ended (${ended})\n  ${await lastLines(process.logFile, 20)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const identity = (await log()).find((line) => line.identity !== undefined)?.identity ?? '';
    const pid = await process.pid;
    return {
      name,
      identity,
      probeUrl,
      api,
      ended: process.ended,
      // The process is ours, started above; what has ended needs no signal any more.
      signal: async (which) => {
        if (ended === undefined) globalThis.process.kill(pid, which);
        await Promise.resolve();
      },
      log,
      logFile: process.logFile,
      output,
      metrics: async () => await (await fetch(`http://127.0.0.1:${port}/metrics`)).text(),
    };
  }

  async stop(): Promise<void> {
    await this.#processes?.guarded.stop();
    await Promise.all(this.#proxies.map((proxy) => proxy.stop()));
  }
}

const { execPath } = process;

async function begin() {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-replicas-'));
  return { folder, guarded: new Guarded(folder, { removeFolder: true }) };
}

function linesOf(text: string): readonly LogLine[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as LogLine);
}
