import type { Kind } from '../model/kind.ts';
import { keep, placesAt, rewritten, stepsOf, written } from '../model/path.ts';
import { parseSecretSource } from '../model/secret-source.ts';
import type { Resource } from '../model/resource.ts';

/** Stands where a secret stood. */
export const mask = '[masked]';

/** kubectl keeps the whole of what was applied in it, secrets and all. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * A resource as rules see it: no secret that stands in it in clear, no user or password in a URL, and of the metadata
 * nothing that only says how it came to be. What stands at the place of a secret and is no reference is taken for one.
 */
export function masked(row: Kind, { apiVersion, kind, metadata, spec }: Resource): Record<string, unknown> {
  const hidden = new Set(
    row.secretsArePublic === true
      ? []
      : row.secrets
          .flatMap((pattern) => placesAt(spec, pattern))
          .filter(({ value }) => !isReference(value))
          .map(({ path }) => written(stepsOf(path))),
  );
  const { name, namespace, uid, generation, creationTimestamp, labels, annotations, finalizers } = metadata;
  return defined({
    apiVersion,
    kind,
    metadata: defined({
      name,
      namespace,
      uid,
      generation,
      creationTimestamp,
      labels,
      annotations: annotations && withoutKey(annotations, lastApplied),
      finalizers,
    }),
    spec: rewritten(spec, (value, steps) => {
      if (typeof value === 'string') return hidden.has(written(steps)) ? mask : withoutCredentials(value);
      return hidden.size > 0 && hidden.has(written(steps)) ? mask : keep;
    }),
  });
}

/** A URL without its user and password; any other text as it is. */
export function withoutCredentials(text: string): string {
  return text.includes('@') ? text.replace(/^(\s*[a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, `$1${mask}@`) : text;
}

function isReference(value: unknown): boolean {
  const parsed = parseSecretSource(value, '');
  return 'source' in parsed && parsed.source.is === 'key';
}

function withoutKey(words: Readonly<Record<string, string>>, key: string): Readonly<Record<string, string>> {
  const { [key]: _, ...others } = words;
  return others;
}

function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
