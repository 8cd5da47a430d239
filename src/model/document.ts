import { inUseLabel, markAnnotation, ownAnnotations } from './annotations.ts';
import { payloadVersion, type Generation } from './generation.ts';
import type { Kind } from './kind.ts';
import { parseMark } from './mark.ts';
import { isPlatformBookkeeping } from './platform-operator.ts';

/** What a gateway is sent: plain JSON with secrets in clear. Never logged, never stored by us. */
export type Document = Readonly<Record<string, unknown>>;

export interface DocumentInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Secrets resolved to plain strings. */
  readonly spec: unknown;
  readonly generation: Generation;
  readonly mark: string;
  /** Where the row has `lifetimeSeconds`: the moment fixed at the first write. RFC 3339. */
  readonly expiresAt?: string | undefined;
  idOf(kind: string, name: string): string | undefined;
}

/** Builds the wire document of a resource for one gateway. */
export function documentOf(row: Kind, input: DocumentInput): Document {
  const { wire } = row;
  const { name, mark, expiresAt } = input;
  const spec = input.spec as Record<string, unknown>;
  if (wire.is === 'flat')
    return wire.document({ name, spec, mark, expiresAt, idOf: (kind, of) => input.idOf(kind, of) });
  const envelope = { apiVersion: payloadVersion(input.generation), kind: wire.kind };
  if (wire.mark === 'description') {
    return {
      ...envelope,
      metadata: { name },
      spec: { ...spec, description: described(spec.description, mark) },
    };
  }
  const annotations = { ...travelling(input.annotations), [markAnnotation]: mark };
  const labels = travelling(input.labels);
  const metadata = { name, ...(Object.keys(labels).length > 0 ? { labels } : {}), annotations };
  return { ...envelope, metadata, spec };
}

/**
 * Labels and annotations that go along: not Kubernetes' own (`last-applied-configuration` repeats the whole
 * manifest, inline secrets included), not those that only we read, and not what the platform's operator remembers.
 */
export function travelling(entries: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entries).filter(([key]) => {
      const domain = key.includes('/') ? (key.split('/')[0] ?? '') : '';
      const kubernetes = /(^|\.)(kubernetes|k8s)\.io$/.test(domain);
      const ours = key === markAnnotation || key === inUseLabel || ownAnnotations.has(key);
      return !kubernetes && !ours && !isPlatformBookkeeping(key);
    }),
  );
}

/** What the author wrote of a description that bears our mark; undefined where that is nothing. */
export function authored(description: string): string | undefined {
  const lines = description.split('\n').filter((line) => parseMark(line) === undefined);
  return lines.length === 0 ? undefined : lines.join('\n');
}

/** The gateway keeps 1024 characters of a description; the mark is what must not be lost. */
function described(description: unknown, mark: string): string {
  const own = typeof description === 'string' ? description.slice(0, 1024 - mark.length - 1) : '';
  return own === '' ? mark : `${own}\n${mark}`;
}
