import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Go, prepareModule } from './go-module.ts';
import type { Program } from './programs.ts';
import type { Progress, StartProgress } from './progress.ts';
import { run } from './run.ts';

export interface BuildOptions {
  /** Where the Go module is made; builds in one folder must not overlap. */
  readonly moduleFolder: string;
  readonly target: string;
  readonly env: NodeJS.ProcessEnv;
  readonly startProgress: StartProgress;
  readonly signal?: AbortSignal | undefined;
}

/** What the modules of programs.ts ask for in their go.mod. */
export const neededGo = '1.26';

/** Builds a program with Go. The target appears complete or not at all, however the build ends. */
export async function build(program: Program, options: BuildOptions): Promise<void> {
  const { name, module } = program;
  const progress = options.startProgress(
    `building ${name} ${module.version} with Go`,
    program.coldBuildSeconds,
  );
  const go = goCommand(program, options, progress);
  const unfinished = `${options.target}.unfinished-${process.pid}`;
  try {
    await mkdir(options.moduleFolder, { recursive: true });
    await go(['version'], { cwd: dirname(options.moduleFolder) });
    await prepareModule(go, module, options.moduleFolder);
    await removeUnfinished(options.target);
    const link = Object.entries(program.linkValues ?? {}).map(([symbol, value]) => `-X ${symbol}=${value}`);
    const ldflags = ['-s', '-w', ...link].join(' ');
    const tags = program.tags === undefined ? [] : ['-tags', program.tags];
    await go(['build', '-v', '-trimpath', ...tags, '-ldflags', ldflags, '-o', unfinished, program.package]);
    await chmod(unfinished, 0o755);
    await rename(unfinished, options.target);
  } finally {
    await rm(unfinished, { force: true });
    progress.end();
  }
}

function goCommand(program: Program, options: BuildOptions, progress: Progress): Go {
  const env = { ...options.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod -buildvcs=false', GOWORK: 'off' };
  return async (args, runOptions) => {
    const finished = await run('go', args, {
      cwd: options.moduleFolder,
      env,
      onErrorLine: (line) => progress.update(line),
      ...(options.signal && { signal: options.signal }),
      ...runOptions,
    }).catch((cause: unknown) => {
      throw couldNotRunGo(program, cause);
    });
    if (finished.code === 0) return finished;
    // With -json, Go says what is wrong on standard output.
    const said = `${finished.stderr}${finished.stdout}`.trim().split('\n').slice(-15).join('\n  ');
    throw new Error(
      `could not build ${program.name} because "go ${args[0] ?? ''}" ended with ${finished.code} (Go ${neededGo} or newer is needed):\n  ${said}`,
    );
  };
}

function couldNotRunGo(program: Program, cause: unknown): unknown {
  if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') return cause;
  return new Error(
    `could not build ${program.name} because there is no "go" on the PATH: install Go ${neededGo} or newer ` +
      `(https://go.dev/dl), or name a folder that holds ${program.name} in KUBEBUILDER_ASSETS`,
    { cause },
  );
}

/** What builds that were killed have left. The caller's lock means that none of them is still at work. */
async function removeUnfinished(target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const prefix = `${basename(target)}.unfinished-`;
  for (const entry of await readdir(dirname(target))) {
    if (entry.startsWith(prefix)) await rm(join(dirname(target), entry), { force: true });
  }
}
