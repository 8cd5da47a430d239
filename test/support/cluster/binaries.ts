import { access, constants, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { build } from './build.ts';
import { withLock } from './lock.ts';
import { type GoModule, type Program, type ProgramName, programs } from './programs.ts';
import { progressOn, type StartProgress } from './progress.ts';
import { run } from './run.ts';

export interface BinaryOptions {
  /** Read: KUBEBUILDER_ASSETS, PORTCULLIS_CACHE, XDG_CACHE_HOME, HOME, PATH, and by Go its own. */
  readonly env?: NodeJS.ProcessEnv;
  readonly startProgress?: StartProgress;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The path of a program, from the first place that has it: the folder that KUBEBUILDER_ASSETS names, the machine's
 * own (only of programs whose version we can judge, and only if it is near ours), the cache; else it is built with
 * Go into the cache. Two callers at once, in one process or several, build once.
 */
export async function findBinary(name: ProgramName, options: BinaryOptions = {}): Promise<string> {
  const env = options.env ?? process.env;
  const program = programs[name];
  return (
    (await inAssets(program, env)) ??
    (await onPath(program, env)) ??
    (await inCache(program, env)) ??
    (await buildIntoCache(program, env, options))
  );
}

export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const base = env.XDG_CACHE_HOME ?? join(env.HOME ?? homedir(), '.cache');
  return env.PORTCULLIS_CACHE ?? join(base, 'portcullis');
}

async function inAssets(program: Program, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const folder = env.KUBEBUILDER_ASSETS;
  return folder === undefined ? undefined : await executable(join(folder, program.name));
}

async function onPath(program: Program, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { accepts, name } = program;
  if (accepts === undefined) return undefined;
  for (const folder of (env.PATH ?? '').split(delimiter).filter((entry) => entry !== '')) {
    const path = await executable(join(folder, name));
    if (path === undefined) continue;
    const answer = await run(path, accepts.versionArgs, { env, timeoutMs: 5_000 }).catch(() => undefined);
    if (answer?.code === 0 && accepts.isNear(answer.stdout)) return path;
  }
  return undefined;
}

/** One folder per version, so that the program keeps its own name and the folder can be put into a PATH. */
function cachePath({ name, module }: Program, env: NodeJS.ProcessEnv): string {
  const folder = `${name}-${module.version}-${process.platform}-${process.arch}`;
  return join(cacheFolder(env), folder, name);
}

async function inCache(program: Program, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return await executable(cachePath(program, env));
}

async function buildIntoCache(
  program: Program,
  env: NodeJS.ProcessEnv,
  options: BinaryOptions,
): Promise<string> {
  const target = cachePath(program, env);
  const moduleFolder = join(cacheFolder(env), 'modules', moduleFolderName(program.module));
  const { signal, startProgress = progressOn(process.stderr) } = options;
  await mkdir(moduleFolder, { recursive: true });
  // One lock per module: Go writes its go.mod and go.sum, and a second build would only share the same cores.
  const lock = { purpose: `building ${program.name} ${program.module.version}`, signal };
  let waiting: ReturnType<StartProgress> | undefined;
  const onWait = (holder: { pid: number; purpose: string }): void => {
    waiting?.end();
    waiting = startProgress(`waiting for process ${holder.pid}: ${holder.purpose}`, program.coldBuildSeconds);
  };
  try {
    await withLock(`${moduleFolder}.lock`, { ...lock, onWait }, async () => {
      waiting?.end();
      waiting = undefined;
      if ((await executable(target)) !== undefined) return;
      await build(program, { moduleFolder, target, env, startProgress, signal });
    });
  } finally {
    waiting?.end();
  }
  return target;
}

function moduleFolderName({ path, version }: GoModule): string {
  return `${path.replaceAll('/', '_')}@${version}`;
}

async function executable(path: string): Promise<string | undefined> {
  return await access(path, constants.X_OK).then(
    () => path,
    () => undefined,
  );
}
