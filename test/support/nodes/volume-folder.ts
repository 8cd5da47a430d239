import { chmod, chown, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Files } from './volumes.ts';

let writes = 0;

/**
 * Makes a folder show these files, all at one moment: they lie in a folder of their own, to which `..data` points, and
 * every name points through `..data`. Who watches sees what a kubelet would let it see.
 */
export async function showFiles(folder: string, files: Files): Promise<void> {
  const version = `..version-${(writes += 1)}`;
  await mkdir(join(folder, version), { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    const target = join(folder, version, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content, { mode: 0o644 });
  }
  await symlink(version, join(folder, '..data.new'));
  await rename(join(folder, '..data.new'), join(folder, '..data'));
  const tops = new Set(Object.keys(files).map((path) => path.split('/')[0] ?? ''));
  const before = await readdir(folder);
  for (const top of tops) if (!before.includes(top)) await symlink(join('..data', top), join(folder, top));
  for (const name of before)
    if (!name.startsWith('..data') && name !== version && !tops.has(name))
      await rm(join(folder, name), { recursive: true });
}

/** An empty folder that any user of the Pod may write to, or its group where it has one. */
export async function makeEmptyFolder(folder: string, group: number | undefined): Promise<void> {
  await mkdir(folder, { recursive: true });
  if (group !== undefined) await chown(folder, 0, group);
  await chmod(folder, group === undefined ? 0o777 : 0o2775);
}
