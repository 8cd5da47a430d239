import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Io } from '../io.ts';

/** The text of a file, under the name by which the person knows it. */
export interface Source {
  readonly file: string;
  readonly text: string;
  /** Whether it was named itself, and not found in a folder. */
  readonly isNamed: boolean;
}

/** Why a file, or a part of it, can't be judged. Lines and columns count from 1. */
export interface Trouble {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/**
 * The largest file that is read, in bytes: etcd takes objects of 1.5 MiB, so that this is a file of many; the parser
 * makes about thirty times as much of it in memory.
 */
const maxBytes = 16 * 1024 * 1024;

/** What a folder is searched for, as kubectl does it. */
const suffixes = /\.(ya?ml|json)$/i;

/** Standard input as people write it, and as it is called in messages. */
const dash = '-';
const stdinName = '<stdin>';

/** Reads files, folders with all that is below them, and standard input. What can't be read keeps nobody else waiting. */
export async function readFiles(
  paths: readonly string[],
  io: Pick<Io, 'stdin'>,
): Promise<{ readonly sources: readonly Source[]; readonly troubles: readonly Trouble[] }> {
  const sources: Source[] = [];
  const troubles: Trouble[] = [];
  const read = new Set<string>();
  const take = async (file: string, isNamed: boolean, bytes: () => Promise<Buffer>) => {
    if (read.has(file)) return;
    read.add(file);
    try {
      sources.push({ file, text: decoded(await bytes()), isNamed });
    } catch (error) {
      troubles.push({ file, line: 1, column: 1, message: whyUnread(error) });
    }
  };
  for (const path of paths) {
    if (path === dash) {
      await take(stdinName, true, () => io.stdin(maxBytes));
      continue;
    }
    try {
      const isFolder = (await stat(path)).isDirectory();
      const files = isFolder ? await filesBelow(path) : [path];
      if (files.length === 0)
        troubles.push({ file: path, line: 1, column: 1, message: 'has no .yaml, .yml or .json file in it' });
      for (const file of files) await take(file, !isFolder, () => readWhole(file));
    } catch (error) {
      troubles.push({ file: path, line: 1, column: 1, message: whyUnread(error) });
    }
  }
  return { sources, troubles };
}

/** In the order of their names. Hidden folders are left out, and so are links to folders, which may lead in a circle. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const sorted = entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  const found = await Promise.all(
    sorted.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return isSearched(entry) ? await filesBelow(path) : [];
      return suffixes.test(entry.name) ? [path] : [];
    }),
  );
  return found.flat();
}

function isSearched({ name }: Dirent): boolean {
  return !name.startsWith('.') && name !== 'node_modules';
}

async function readWhole(file: string): Promise<Buffer> {
  const { size } = await stat(file);
  if (size > maxBytes) throw new Error(tooLarge(size));
  return await readFile(file);
}

function tooLarge(bytes: number): string {
  return `has ${Math.ceil(bytes / 1024 / 1024)} MiB, at most ${maxBytes / 1024 / 1024} are read; split it`;
}

/** UTF-8, or UTF-16 where a byte order mark says so, as editors on Windows write it. */
function decoded(bytes: Buffer): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new Error('is no text in UTF-8; save it in that encoding');
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read: its permissions forbid it',
  EPERM: 'may not be read: its permissions forbid it',
  ELOOP: 'is a link that leads in a circle',
  ENOTDIR: 'does not exist: a part of its path is no folder',
};

function whyUnread(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? error.message : (reasons[code] ?? `can't be read: ${code}`);
}
