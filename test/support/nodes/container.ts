import { mkdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAborted } from '../../../src/runtime/lifetime.ts';
import type { Guarded, Process } from '../cluster/guarded.ts';
import { now, type ContainerReport, type ContainerState } from './container-state.ts';
import { CannotStart } from './environment.ts';
import type { ContainerSpec, Pod } from './pod.ts';
import { keepProbing } from './probe.ts';
import { sandboxScripts, type Sandbox } from './sandbox.ts';

export interface ContainerDependencies {
  readonly pod: Pod;
  readonly address: string;
  readonly processes: Guarded;
  /** An empty folder that the container may use. */
  readonly folder: string;
  readonly sandbox: (folder: string) => Promise<Sandbox>;
  readonly changed: () => void;
}

/** A kubelet waits 10 s before the first restart, and twice as long each time; in tests less will do. */
const restart = { firstMs: 500, capMs: 10_000 };
const startPollMs = 5;
const retryMs = 250;
/** What the scripts run until the program has taken their place. */
const preparing = ['sh', 'dash', 'bash', 'busybox', 'mount', 'mv', 'unshare', 'setpriv', 'env', 'coreutils'];

/** One container of a Pod: started, watched by its probes, started again, until its Pod is told to go. */
export class Container {
  readonly spec: ContainerSpec;
  readonly #dependencies: ContainerDependencies;
  #report: Omit<ContainerReport, 'spec'>;
  #pid: number | undefined;
  #process: Process | undefined;

  constructor(spec: ContainerSpec, dependencies: ContainerDependencies) {
    this.spec = spec;
    this.#dependencies = dependencies;
    const state = { waiting: { reason: 'ContainerCreating' } };
    this.#report = { state, lastState: {}, restartCount: 0, isReady: false, isStarted: false };
  }

  get report(): ContainerReport {
    return { spec: this.spec, ...this.#report };
  }

  /** Where the present run, or the last one, printed to. */
  get logFile(): string | undefined {
    return this.#process?.logFile;
  }

  /** Runs until the container has ended and is not to run again, because of the policy or of the signal. */
  async run(going: AbortSignal): Promise<void> {
    for (let run = 0; ; run += 1) {
      const exitCode = await this.#once(run, going);
      if (going.aborted || !this.#isRunAgainAfter(exitCode)) return;
      const waiting = { reason: 'CrashLoopBackOff', message: `it ended with ${exitCode}` };
      this.#become({ lastState: this.#report.state, state: { waiting }, restartCount: run + 1 });
      const delayMs = Math.min(restart.firstMs * 2 ** run, restart.capMs);
      await sleep(delayMs, undefined, { signal: going }).catch(() => undefined);
      if (isAborted(going)) return;
    }
  }

  /** Sends a signal to the program, if it runs. */
  signal(name: NodeJS.Signals): void {
    if (this.#pid === undefined) return;
    try {
      process.kill(this.#pid, name);
    } catch {
      // It has ended by itself, just now.
    }
  }

  #isRunAgainAfter(exitCode: number): boolean {
    const { restartPolicy = 'Always' } = this.#dependencies.pod.spec;
    return restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && exitCode !== 0);
  }

  /** One start to its end. Returns the exit code, as a shell would have it. */
  async #once(run: number, going: AbortSignal): Promise<number> {
    const sandbox = await this.#prepare(run, going);
    if (sandbox === undefined) return 0;
    const { processes, pod } = this.#dependencies;
    const scripts = sandboxScripts(sandbox, process.execPath);
    await writeFile(join(sandbox.folder, 'outer.sh'), scripts.outer, { mode: 0o600 });
    await writeFile(join(sandbox.folder, 'inner.sh'), scripts.inner, { mode: 0o600 });
    const name = `${pod.metadata.namespace}-${pod.metadata.name}-${this.spec.name}-${run}`;
    const script = join(sandbox.folder, 'outer.sh');
    this.#process = processes.start(name, 'unshare', ['--mount', '--uts', 'sh', script]);
    const ended = new AbortController();
    const end = this.#process.ended.then((how) => {
      ended.abort();
      return how;
    });
    const startedAt = now();
    this.#pid = await this.#program(join(sandbox.folder, 'pid'), ended.signal);
    const hasProbe = this.spec.startupProbe !== undefined;
    const isReady = !hasProbe && this.spec.readinessProbe === undefined;
    this.#become({ state: { running: { startedAt } }, isStarted: !hasProbe, isReady });
    const probing = this.#probe(ended.signal);
    const exitCode = Number(/^code (\d+)$/.exec(await end)?.[1] ?? 137);
    this.#pid = undefined;
    await probing;
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    const terminated = { exitCode, reason, startedAt, finishedAt: now() };
    this.#become({ state: { terminated }, isReady: false, isStarted: false });
    return exitCode;
  }

  /** What the Pod names must be there; until then the container waits, and says for what. */
  async #prepare(run: number, going: AbortSignal): Promise<Sandbox | undefined> {
    const folder = join(this.#dependencies.folder, `${this.spec.name}-${run}`);
    await mkdir(folder, { recursive: true });
    while (!going.aborted) {
      try {
        return await this.#dependencies.sandbox(folder);
      } catch (error) {
        const reason = error instanceof CannotStart ? error.reason : 'RunContainerError';
        this.#become({ state: { waiting: { reason, message: String(error) } } });
        await sleep(retryMs, undefined, { signal: going }).catch(() => undefined);
      }
    }
    return undefined;
  }

  /** The number of the process, once it is the container's own program; undefined if it ended before. */
  async #program(pidFile: string, ended: AbortSignal): Promise<number | undefined> {
    while (!ended.aborted) {
      const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
      const program = pid === 0 ? '' : await readlink(`/proc/${pid}/exe`).catch(() => '');
      if (program !== '' && !preparing.includes(basename(program))) return pid;
      await sleep(startPollMs);
    }
    return undefined;
  }

  async #probe(ended: AbortSignal): Promise<void> {
    const { startupProbe, livenessProbe, readinessProbe, ports } = this.spec;
    const probed = { address: this.#dependencies.address, ports };
    if (startupProbe !== undefined) {
      const over = new AbortController();
      await keepProbing(
        startupProbe,
        probed,
        (verdict) => {
          over.abort();
          if (verdict === 'failed') this.#end();
          else this.#become({ isStarted: true, isReady: readinessProbe === undefined });
        },
        AbortSignal.any([ended, over.signal]),
      );
    }
    const probing: Promise<void>[] = [];
    if (livenessProbe !== undefined)
      probing.push(
        keepProbing(livenessProbe, probed, (verdict) => verdict === 'failed' && this.#end(), ended),
      );
    if (readinessProbe !== undefined)
      probing.push(
        keepProbing(
          readinessProbe,
          probed,
          (verdict) => this.#become({ isReady: verdict === 'passed' }),
          ended,
        ),
      );
    await Promise.all(probing);
  }

  /** Ends the present run, which its probe has given up. */
  #end(): void {
    this.signal('SIGTERM');
    const { terminationGracePeriodSeconds = 30 } = this.#dependencies.pod.spec;
    const pid = this.#pid;
    setTimeout(() => {
      if (this.#pid === pid) this.signal('SIGKILL');
    }, terminationGracePeriodSeconds * 1000).unref();
  }

  #become(change: Partial<Omit<ContainerReport, 'spec'>> & { readonly state?: ContainerState }): void {
    const before = JSON.stringify(this.#report);
    this.#report = { ...this.#report, ...change };
    if (JSON.stringify(this.#report) !== before) this.#dependencies.changed();
  }
}
