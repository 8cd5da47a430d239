import { randomBytes } from 'node:crypto';
import { resolve } from '../../controller/binding/values.ts';
import type { Stored } from '../../controller/cluster/stored.ts';
import { pathOf } from '../../src/gateway/management-client.ts';
import type { ValueReader } from '../../src/kube/value-reader.ts';
import { table } from '../../src/kinds/table.ts';
import { SchemaCheck, type CheckedSpec } from '../../src/model/checked.ts';
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

const schemas = new SchemaCheck();

/**
 * The document that the product would send. Of a spec that its schema refuses no document is ever built: then it is
 * the spec as it stands, with what can be resolved in it, so that the gateway itself judges what is wrong with it.
 */
export async function sentFor(row: Kind, manifest: Manifest, surroundings: Surroundings): Promise<Sent> {
  if (manifest.spec === undefined) return raw(row, manifest, undefined, surroundings);
  // The API server gives a stored resource what a manifest lacks; none of it is sent.
  const subject = { row, resource: manifest as unknown as Stored };
  const resolved = await resolve(subject, manifest.spec as CheckedSpec, surroundings.values);
  if (resolved.missing !== undefined) return { missing: resolved.missing };
  const isShaped = schemas.check(row, manifest.spec).violations === undefined;
  return isShaped && isDated(row, manifest.spec)
    ? built(row, manifest, resolved.spec, surroundings)
    : raw(row, manifest, resolved.spec, surroundings);
}

function built(row: Kind, manifest: Manifest, resolved: unknown, surroundings: Surroundings): Sent {
  const { name, namespace = '', labels = {}, annotations = {} } = manifest.metadata;
  const document = documentOf(row, {
    name,
    labels,
    annotations,
    spec: { ...(resolved as object), ...generated(row, manifest.spec) },
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

function expiryOf(row: Kind, spec: unknown): string | undefined {
  if (row.lifetimeSeconds === undefined) return undefined;
  const seconds = row.lifetimeSeconds(spec);
  if (seconds !== undefined) return new Date(Date.now() + seconds * 1000).toISOString();
  return (spec as { readonly expiresAt?: string }).expiresAt;
}

/** Whether a lifetime, if there is one, ends after now and at a moment that a date can hold. */
function isDated(row: Kind, spec: unknown): boolean {
  const seconds = row.lifetimeSeconds?.(spec) ?? 1;
  return seconds > 0 && Number.isFinite(new Date(Date.now() + seconds * 1000).getTime());
}

function raw(row: Kind, { metadata, spec }: Manifest, resolved: unknown, { generation }: Surroundings): Sent {
  const { name } = metadata;
  const { wire } = row;
  const parent = rawParent(row, spec);
  if (wire.is === 'flat') return { document: { name, ...(resolved as object | undefined) }, parent };
  const envelope = { apiVersion: payloadVersion(generation), kind: wire.kind, metadata: { name } };
  return { document: resolved === undefined ? envelope : { ...envelope, spec: resolved }, parent };
}

/** A nested kind whose parent is not said properly has no path; some parent that is absent stands for it. */
function rawParent(row: Kind, spec: unknown): string | undefined {
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
