import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import type { Keeper } from '../../src/export/manifest.ts';

interface SecretManifest {
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  readonly stringData?: Readonly<Record<string, unknown>> | null;
}

/** The Secrets with what somebody has filled into the file since it was written: it is known nowhere else. */
export async function filledIn(file: string, keepers: readonly Keeper[]): Promise<readonly Keeper[]> {
  if (!existsSync(file)) return keepers;
  const before = parseAllDocuments(await readFile(file, 'utf8')).map(
    (document) => document.toJS() as SecretManifest | null,
  );
  return keepers.map((keeper) => {
    const found = before.find(
      (secret) => secret?.metadata?.name === keeper.name && secret.metadata.namespace === keeper.namespace,
    );
    const entries = keeper.entries.map((entry) => {
      const value = found?.stringData?.[entry.key];
      return entry.value === undefined && typeof value === 'string' ? { ...entry, value } : entry;
    });
    return { ...keeper, entries };
  });
}
