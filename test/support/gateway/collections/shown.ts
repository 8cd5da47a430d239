import type { Instant } from '../clock.ts';
import { timestamp, timestampMs } from '../clock.ts';
import type { Api } from '../generation.ts';
import type { EnvelopeKind } from '../kinds/kind.ts';
import type { Entry } from '../store/entry.ts';
import type { JsonObject } from '../wire/json.ts';

/** Times that an answer to a write tells; they are a little earlier than those that are stored. */
export interface ToldTimes {
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** An entry as GET and the answers to writes show it. */
export function shown(entry: Entry, kind: EnvelopeKind, api: Api, told: ToldTimes = entry): JsonObject {
  return {
    apiVersion: entry.apiVersion,
    kind: entry.kind,
    metadata: entry.metadata,
    spec: withoutCredentials(entry.spec, kind, api),
    status: {
      id: entry.handle,
      createdAt: timestamp(told.createdAt),
      updatedAt: timestamp(told.updatedAt),
      ...(kind.deployable && { state: entry.state, deployedAt: timestampMs(entry.deployedAt) }),
    },
  };
}

/** An entry as a list shows it. */
export function listed(entry: Entry, kind: EnvelopeKind, api: Api): JsonObject {
  const document = shown(entry, kind, api);
  return kind.listed === undefined ? document : { ...document, spec: kind.listed(entry.spec) };
}

/** Generation 1 never gives a credential back. */
function withoutCredentials(spec: JsonObject, kind: EnvelopeKind, api: Api): JsonObject {
  if (api === 'v0.9' || kind.credentials === undefined) return spec;
  const copy = structuredClone(spec);
  for (const credential of kind.credentials(copy).values()) delete credential.value;
  return copy;
}

/** A spec with the credentials that it leaves out taken from the stored one, as generation 1 does on PUT. */
export function withKeptCredentials(
  spec: JsonObject,
  stored: JsonObject,
  kind: EnvelopeKind,
  api: Api,
): JsonObject {
  if (api === 'v0.9' || kind.credentials === undefined) return spec;
  const copy = structuredClone(spec);
  const former = kind.credentials(stored);
  for (const [name, credential] of kind.credentials(copy)) {
    const value = former.get(name)?.value;
    const takesOne = credential.type !== undefined && credential.type !== 'none';
    if (takesOne && credential.value === undefined && value !== undefined) credential.value = value;
  }
  return copy;
}
