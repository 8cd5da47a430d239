import type { Shown } from './dump.ts';

/** What a dump shows, by kind and handle. Several may stand under one: the dump calls several kinds the same. */
export type Sightings = ReadonlyMap<string, readonly Shown[]>;

export function sightingKey(kind: string, handle: string): string {
  return `${kind}/${handle}`;
}

export function sightingsOf(apis: readonly Shown[]): Sightings {
  return Map.groupBy(apis, ({ kind, handle }) => sightingKey(kind, handle));
}

/**
 * `Newer`: something with this handle was written after `storedAt` was told. It is the resource, if somebody has
 * written it since, or one of another kind with its handle: only a later look at what is stored can tell.
 * `Ambiguous`: what is shown is one of several, and nothing tells which.
 */
export type Verdict = 'Live' | 'Undeployed' | 'Pending' | 'Newer' | 'Ambiguous';

/**
 * Whether what is stored is what Envoy has been told. Gateways tell the time of a write to the nanosecond, so that an
 * equal one names the very write, whatever else has the handle.
 *
 * @param shown what the dump shows under its handle
 * @param storedAt the gateway's own time of the last write, from a list or a GET, in nanoseconds since 1970
 * @param alike how many resources have this handle and this time; the dump may call them the same
 */
export function verdictOf(shown: readonly Shown[], storedAt: bigint, alike = 1): Verdict {
  const same = shown.filter(({ updatedAt }) => updatedAt === storedAt);
  const [first] = same;
  if (first === undefined) return shown.some(({ updatedAt }) => updatedAt > storedAt) ? 'Newer' : 'Pending';
  if (same.length < alike || same.some(({ isDeployed }) => isDeployed !== first.isDeployed))
    return 'Ambiguous';
  return first.isDeployed ? 'Live' : 'Undeployed';
}
