import { documentOf, type Document } from '../model/document.ts';
import type { Generation } from '../model/generation.ts';
import { partOf } from '../model/item.ts';
import type { Kind } from '../model/kind.ts';
import { markOf } from '../model/mark.ts';
import type { Resource } from '../model/resource.ts';
import { resolvedSpec, type Sourced } from '../model/spec-secrets.ts';
import type { ResourceStatus } from '../model/status.ts';
import { canonical } from './canonical.ts';
import { maskedSpec, maskedWords } from './masked.ts';

/** A value of a Secret or ConfigMap where it is known; undefined where not, so that only its place can be compared. */
export type ValueOf = (sourced: Sourced) => string | undefined;

/** What a resource comes to at a gateway of some generation, once to be compared and once to be shown. */
export interface Comparable {
  /** With something in the place of each secret that is equal where the secret is. */
  readonly document: Document;
  /** The same for people. */
  readonly shown: unknown;
}

/** The moment at which a key ends is fixed by the gateway's first write; before that nobody knows it. */
const notYetFixed = 'at its first write';

/**
 * A document as the controller would send it, but for what only the controller knows: ids that gateways gave, and our
 * mark, which are the same in any two documents of a resource.
 */
export function comparable(
  row: Kind,
  { metadata, spec, status }: Resource,
  generation: Generation,
  valueOf: ValueOf,
): Comparable {
  const { namespace, name, labels = {}, annotations = {} } = metadata;
  const lasts = row.lifetimeSeconds?.(spec);
  const fixed = (status as ResourceStatus | undefined)?.expiresAt ?? notYetFixed;
  const given = partOf(spec, 'expiresAt');
  const document = documentOf(row, {
    name,
    labels,
    annotations,
    spec: resolvedSpec(row, spec, (sourced) => stand(sourced, valueOf)),
    generation,
    mark: markOf({ cluster: '', kind: row.kind, namespace, name }),
    expiresAt: lasts === undefined ? (typeof given === 'string' ? given : undefined) : fixed,
    idOf: (_kind, of) => of,
  });
  const { labels: sentLabels, annotations: sentAnnotations } = (document.metadata ?? {}) as {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  const shown = {
    spec: maskedSpec(row, spec),
    metadata: { labels: maskedWords(sentLabels ?? {}), annotations: maskedWords(sentAnnotations ?? {}) },
  };
  return { document, shown };
}

/** What stands for a secret: its value, or where it is read. */
function stand(sourced: Sourced, valueOf: ValueOf): string {
  const { from, source } = sourced;
  if (source.is === 'inline') return `value ${source.value}`;
  const known = valueOf(sourced);
  return known === undefined ? `place ${canonical([from, source.name, source.key])}` : `value ${known}`;
}
