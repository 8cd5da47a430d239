import { timestamp } from '../clock.ts';
import type { Entry } from '../store/entry.ts';
import type { ApiKeyEntry } from '../store/flat.ts';
import type { JsonObject } from '../wire/json.ts';
import { compact } from '../wire/json.ts';

/** The last five characters, or no character of a value that has no more. */
export function masked(value: string): string {
  return value.length <= 5 ? '********' : `***${value.slice(-5)}`;
}

export function shown(
  key: ApiKeyEntry,
  parent: Entry,
  told: { apiKey?: string; externalRefId?: string | undefined },
): JsonObject {
  return compact({
    ...told,
    name: key.name,
    apiId: parent.handle,
    source: key.source,
    status: 'active',
    createdAt: timestamp(key.createdAt),
    createdBy: key.createdBy,
    expiresAt: key.expiresAt ?? null,
  });
}
