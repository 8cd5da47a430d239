import { randomBytes } from 'node:crypto';
import { resolve, type ValueReader } from '../../controller/binding/values.ts';
import type { Stored } from '../../controller/cluster/stored.ts';
import { pathOf } from '../../src/gateway/management-client.ts';
import { table } from '../../src/kinds/table.ts';
import type { CheckedSpec } from '../../src/model/checked.ts';
import { documentOf, type Document } from '../../src/model/document.ts';
import { payloadVersion, type Generation } from '../../src/model/generation.ts';
import type { Kind } from '../../src/model/kind.ts';
import { markOf } from '../../src/model/mark.ts';
import type { Manifest } from './corpus.ts';

export interface Surroundings {
  readonly generation: Generation;
  /** The id that the gateway gave to what stands there already. */
  readonly idOf: (kind: string, name: string) => string | undefined;
  readonly values: ValueReader;
}

export type Sent =
  | { readonly document: Document; readonly parent: string | undefined; readonly missing?: never }
  /** A value from outside that is not there: the controller waits for it, and no gateway is asked. */
  | { readonly missing: string };

/** The document that the product would send; where it can't build one from such a spec, the spec as it stands. */
export async function sentFor(row: Kind, manifest: Manifest, surroundings: Surroundings): Promise<Sent> {
  try {
    return await built(row, manifest, surroundings);
  } catch {
    return { document: raw(row, manifest, surroundings.generation), parent: rawParent(row, manifest) };
  }
}

async function built(row: Kind, manifest: Manifest, surroundings: Surroundings): Promise<Sent> {
  const { name, namespace = '', labels = {}, annotations = {} } = manifest.metadata;
  // The API server gives a stored resource what a manifest lacks; none of it is sent.
  const subject = { row, resource: manifest as unknown as Stored };
  const resolved = await resolve(subject, manifest.spec as CheckedSpec, surroundings.values);
  if (resolved.missing !== undefined) return { missing: resolved.missing };
  const document = documentOf(row, {
    name,
    labels,
    annotations,
    spec: { ...(resolved.spec as object), ...generated(row, manifest.spec) },
    generation: surroundings.generation,
    mark: markOf({ cluster: 'agreement', kind: row.kind, namespace, name }),
    expiresAt: expiryOf(row, manifest.spec),
    idOf: surroundings.idOf,
  });
  return { document, parent: parentOf(row, manifest.spec) };
}

/** The credential that the controller makes up. */
function generated({ generates }: Kind, spec: unknown): object {
  if (generates?.isWanted(spec) !== true) return {};
  return { [generates.field]: generates.prefix + randomBytes(32).toString('hex') };
}

/** Throws where a lifetime ends after the last moment that can be written. */
function expiryOf(row: Kind, spec: unknown): string | undefined {
  if (row.lifetimeSeconds === undefined) return undefined;
  const seconds = row.lifetimeSeconds(spec);
  if (seconds !== undefined) return new Date(Date.now() + seconds * 1000).toISOString();
  return (spec as { readonly expiresAt?: string }).expiresAt;
}

function raw({ wire }: Kind, { metadata, spec }: Manifest, generation: Generation): Document {
  const { name } = metadata;
  if (wire.is === 'flat') return { name, ...(spec as object) };
  return {
    apiVersion: payloadVersion(generation),
    kind: wire.kind,
    metadata: { name },
    ...(spec === undefined ? {} : { spec }),
  };
}

/** A nested kind whose parent is not said properly has no path; some parent that is absent stands for it. */
function rawParent(row: Kind, { spec }: Manifest): string | undefined {
  try {
    return parentOf(row, spec);
  } catch {
    return '/rest-apis/absent';
  }
}

/** The path of the parent of a nested resource. */
function parentOf(row: Kind, spec: unknown): string | undefined {
  if (row.identity.is !== 'nested') return undefined;
  const { kind, name } = row.identity.parent(spec);
  return pathOf(table.get(kind), name);
}
