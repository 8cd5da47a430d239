import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Locked {
  readonly packages: Readonly<
    Record<string, { readonly dev?: boolean; readonly optional?: boolean; readonly devOptional?: boolean }>
  >;
}

/** The folders that `npm ci --omit=dev --omit=optional` makes by a lock file, relative to it. */
export async function productionModules(lockFile: string): Promise<readonly string[]> {
  const { packages } = JSON.parse(await readFile(lockFile, 'utf8')) as Locked;
  return Object.entries(packages)
    .filter(([path, { dev, optional, devOptional }]) => path !== '' && !dev && !optional && !devOptional)
    .map(([path]) => path);
}

/** Puts those modules from where they are installed into a folder that has the lock file: no registry is asked. */
export async function copyProductionModules(from: string, to: string): Promise<void> {
  const paths = await productionModules(join(to, 'package-lock.json'));
  for (const path of paths) {
    const nested = join(from, path, 'node_modules');
    // What stands inside another module is in the list itself, where it is wanted.
    await cp(join(from, path), join(to, path), { recursive: true, filter: (source) => source !== nested });
  }
}
