import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GoModule } from './programs.ts';
import type { Finished, RunOptions } from './run.ts';

/** Runs the go command; rejects, with what Go said, when it fails. */
export type Go = (args: readonly string[], options?: RunOptions) => Promise<Finished>;

interface GoMod {
  readonly Go: string;
  readonly Require: readonly { readonly Path: string; readonly Version: string }[];
  /** Absent in JSON where there are none; a folder has no version. */
  readonly Replace?: readonly Replacement[] | null;
}

interface Replacement {
  readonly Old: { readonly Path: string; readonly Version?: string };
  readonly New: { readonly Path: string; readonly Version?: string };
}

/**
 * Makes a module in `folder` that requires `module`, so that Go builds its commands by package path with exactly
 * the dependencies that it was released with. Does nothing if the module is there already.
 */
export async function prepareModule(go: Go, module: GoModule, folder: string): Promise<void> {
  const file = join(folder, 'go.mod');
  if (await exists(file)) return;
  await mkdir(folder, { recursive: true });
  const released = await releasedGoMod(go, module, folder);
  const staging = released.Require.filter(({ Version }) => Version === 'v0.0.0').map(({ Path }) => Path);
  const replaced = (released.Replace ?? []).filter((one) => one.New.Version !== undefined);
  await writeFile(`${file}.new`, goModText(module, released.Go, { staging, replaced }));
  await rename(`${file}.new`, file);
}

async function releasedGoMod(go: Go, module: GoModule, folder: string): Promise<GoMod> {
  const download = await go(['mod', 'download', '-json', `${module.path}@${module.version}`], {
    cwd: folder,
  });
  const { GoMod: path } = JSON.parse(download.stdout) as { GoMod: string };
  const { stdout } = await go(['mod', 'edit', '-json', path], { cwd: folder });
  return JSON.parse(stdout) as GoMod;
}

/** Go follows the replacements of the main module alone, so those that the release was built with stand here again. */
export function goModText(
  module: GoModule,
  goVersion: string,
  {
    staging,
    replaced = [],
  }: { readonly staging: readonly string[]; readonly replaced?: readonly Replacement[] },
): string {
  const { stagingVersion } = module;
  if (stagingVersion === undefined && staging.length > 0) {
    throw new Error(
      `${module.path} requires ${staging.join(', ')} as v0.0.0: name their version in programs.ts`,
    );
  }
  const replaces = staging.map((path) => `replace ${path} => ${path} ${stagingVersion ?? ''}`);
  return [
    'module portcullis.local/binaries',
    `go ${goVersion}`,
    `require ${module.path} ${module.version}`,
    ...replaces,
    ...replaced.map(({ Old, New }) => `replace ${named(Old)} => ${named(New)}`),
    '',
  ].join('\n');
}

function named({ Path, Version }: Replacement['Old']): string {
  return Version === undefined ? Path : `${Path} ${Version}`;
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
