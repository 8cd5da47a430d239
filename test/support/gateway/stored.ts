import { timestamp, timestampMs } from './clock.ts';
import type { Entry } from './store/entry.ts';
import type { Store } from './store/store.ts';
import { parentOf } from './tamper.ts';
import type { Json, JsonObject } from './wire/json.ts';

/** What a collection holds, oldest first, credentials and tokens in clear; for assertions. */
export function storedDocuments(store: Store, collection: string): readonly JsonObject[] {
  const parent = parentOf(store, collection);
  if (parent !== undefined) return store.apiKeys.filter((key) => key.parent === parent.uuid).map(plain);
  if (collection === 'certificates') return store.certificates.map(plain);
  if (collection === 'subscription-plans') return store.plans.map(plain);
  if (collection === 'subscriptions') return store.subscriptions.map(plain);
  return store.list(collection).toReversed().map(document);
}

function document(entry: Entry): JsonObject {
  const { apiVersion, kind, metadata, spec, uuid, state } = entry;
  return structuredClone({
    uuid,
    apiVersion,
    kind,
    metadata,
    spec,
    status: {
      id: entry.handle,
      state,
      createdAt: timestamp(entry.createdAt),
      updatedAt: timestamp(entry.updatedAt),
      deployedAt: timestampMs(entry.deployedAt),
    },
  });
}

function plain(row: object): JsonObject {
  const fields = Object.entries(row).filter(([, value]) => value !== undefined);
  return Object.fromEntries(fields.map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): Json {
  if (typeof value === 'bigint') return timestamp(value);
  return value instanceof Date ? value.toISOString() : (value as Json);
}
