import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Export, Exported } from '../../src/export/exported.ts';
import { filesOf, secretsFile, secretsText } from '../../src/export/files.ts';
import type { Keeper } from '../../src/export/manifest.ts';
import { table } from '../../src/kinds/table.ts';
import { Exit, exitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { filledIn } from './filled-in.ts';
import type { ExportOptions } from './options.ts';

/** Where everything went. */
export interface Written {
  /** Undefined where nobody said where the Secrets go. */
  readonly secrets: string | undefined;
  /** As written, with what had been filled in before. */
  readonly keepers: readonly Keeper[];
  /** What had no place: its spec has a credential in clear, which is for a file that only its owner reads. */
  readonly held: readonly Exported[];
}

interface Output {
  readonly path: string;
  readonly text: string;
  /** Whether only its owner may read it. */
  readonly isSecret: boolean;
}

/**
 * Writes files, or to standard output. No credential ever goes there, nor into a file that others may read.
 *
 * @throws Exit where files are there already; nothing is written then
 */
export async function write(
  io: Io,
  { resources, keepers }: Export,
  { to, secrets, layout, force = false }: ExportOptions,
): Promise<Written> {
  const isFolder = to !== '-';
  const secretsPath = secrets ?? (isFolder ? join(to, secretsFile) : undefined);
  const known = secretsPath !== undefined && force ? await filledIn(secretsPath, keepers) : keepers;
  const clear = resources.filter(({ inClear }) => inClear.length === 0);
  const secret = resources.filter(({ inClear }) => inClear.length > 0);
  const outputs: Output[] = isFolder
    ? [
        ...filesOf(clear, layout, table).map((file) => ({ ...file, isSecret: false })),
        ...filesOf(secret, layout, table).map(({ path, text }) => ({
          path: path.replace(/\.yaml$/, `${inClearEnding}.yaml`),
          text,
          isSecret: true,
        })),
      ].map((file) => ({ ...file, path: join(to, file.path) }))
    : [];
  if (secretsPath !== undefined && known.length > 0)
    outputs.push({ path: secretsPath, text: secretsText(known), isSecret: true });
  if (!force) refuseExisting(outputs);
  for (const output of outputs) await writeOutput(output);
  if (isFolder) await hint(to);
  else
    io.out(
      filesOf(clear, 'stream', table)
        .map(({ text }) => text)
        .join(''),
    );
  return { secrets: secretsPath, keepers: known, held: isFolder ? [] : secret };
}

const inClearEnding = '-in-clear';

function refuseExisting(outputs: readonly Output[]): void {
  const existing = outputs.map(({ path }) => path).filter((path) => existsSync(path));
  if (existing.length === 0) return;
  const what = existing.length === 1 ? 'is there already' : 'are there already';
  throw new Exit(exitCode.failed, `${existing.join(', ')} ${what}; --force writes over what is there`);
}

async function writeOutput({ path, text, isSecret }: Output): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // A file that is there keeps its mode, so that is changed before anything stands in it.
  if (isSecret && existsSync(path)) await chmod(path, 0o600);
  await writeFile(path, text, { mode: isSecret ? 0o600 : 0o644 });
}

/** Keeps git from taking up what is secret, unless somebody has said already what it takes. */
async function hint(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, '.gitignore');
  const before = existsSync(path) ? await readFile(path, 'utf8') : '';
  const lines = [secretsFile, `*${inClearEnding}.yaml`].filter((line) => !before.split('\n').includes(line));
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  if (lines.length > 0) await writeFile(path, `${before}${gap}${lines.join('\n')}\n`);
}
