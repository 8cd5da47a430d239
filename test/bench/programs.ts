import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { Guarded, lastLines, type Process } from '../support/cluster/guarded.ts';
import { root } from '../support/root.ts';

export interface Running {
  readonly name: string;
  readonly pid: number;
  /** From the order to start it until it was ready and at work. */
  readonly readyAfterMs: number;
  stop(): Promise<void>;
}

export interface StartOptions {
  /** JavaScript or TypeScript, from the project's folder. */
  readonly script: string;
  /** Options of Node. */
  readonly flags?: readonly string[];
  readonly args?: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
  /** The one core on which it may run. */
  readonly core?: number | undefined;
  /** Answers 200 once it is ready. */
  readonly readyUrl: string;
  /** What its log says once it works, where it is ready before. */
  readonly saysAtWork?: string;
}

const patienceMs = 300_000;

/** Floors show certificates of an authority that nobody knows. */
const trusting = new Agent({ connect: { rejectUnauthorized: false } });

/** The processes of a scene, as deployed: compiled, and for production. None of them outlives this one. */
export class Programs {
  readonly #guarded: Guarded;
  readonly #folder: string;
  readonly #profiles: string | undefined;
  readonly #running: Running[] = [];
  #started = 0;

  /** `profiles`: the folder in which processes of ours, and floors, leave a CPU profile when they end. */
  constructor(folder: string, profiles?: string) {
    this.#folder = folder;
    this.#profiles = profiles;
    this.#guarded = new Guarded(folder, { removeFolder: true });
  }

  get folder(): string {
    return this.#folder;
  }

  /** Resolves when it is ready. */
  async start(
    name: string,
    { script, flags = [], args = [], settings = {}, core, readyUrl, saysAtWork = '' }: StartOptions,
  ): Promise<Running> {
    const pinned = core === undefined ? [] : ['taskset', '-c', String(core)];
    const environment = Object.entries({ NODE_ENV: 'production', ...settings }).map(
      ([key, value]) => `${key}=${value}`,
    );
    const command = [
      ...pinned,
      'env',
      ...environment,
      process.execPath,
      ...flags,
      ...this.#profiling(name, script),
      join(root, script),
      ...args,
    ];
    const begun = performance.now();
    this.#started += 1;
    const started = this.#guarded.start(`${name}-${this.#started}`, command[0]!, command.slice(1));
    await this.#ready(started, async () => (await isWell(readyUrl)) && (await says(started, saysAtWork)));
    const readyAfterMs = performance.now() - begun;
    const running = {
      name,
      pid: await started.pid,
      readyAfterMs,
      stop: async () => {
        this.#guarded.signal(started, 'SIGTERM');
        await started.ended;
      },
    };
    this.#running.push(running);
    return running;
  }

  #profiling(name: string, script: string): readonly string[] {
    const isJudged = script.startsWith('dist/') || script.startsWith('test/bench/floors/');
    if (this.#profiles === undefined || !isJudged) return [];
    return [
      '--cpu-prof',
      `--cpu-prof-dir=${this.#profiles}`,
      `--cpu-prof-name=${name}-${Date.now()}.cpuprofile`,
    ];
  }

  async stop(): Promise<void> {
    // A profile is written at the end, for which the guard may not leave the time.
    if (this.#profiles !== undefined) await Promise.all(this.#running.map((running) => running.stop()));
    await this.#guarded.stop();
  }

  async #ready(started: Process, isReady: () => Promise<boolean>): Promise<void> {
    let ended: string | undefined;
    void started.ended.then((how) => (ended = how));
    const deadline = performance.now() + patienceMs;
    while (ended === undefined && performance.now() < deadline) {
      if (await isReady()) return;
      await sleep(10);
    }
    throw new Error(`${started.name} ${ended ?? 'is not ready'}:\n  ${await lastLines(started.logFile, 20)}`);
  }
}

async function isWell(url: string): Promise<boolean> {
  const answer = await request(url, { dispatcher: trusting, reset: true }).catch(() => undefined);
  await answer?.body.dump();
  return answer?.statusCode === 200;
}

async function says({ logFile }: Process, words: string): Promise<boolean> {
  return words === '' || (await readFile(logFile, 'utf8')).includes(words);
}
