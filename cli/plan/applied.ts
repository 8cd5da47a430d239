import { lastApplied } from '../../src/model/platform-operator.ts';
import type { Resource } from '../../src/model/resource.ts';

type Words = Readonly<Record<string, string>>;

/**
 * What would be stored if a manifest were applied over what is stored: the spec of the manifest, and its labels and
 * annotations beside those that others have set. What the last `kubectl apply` set and this one does not is taken away.
 */
export function applied(manifest: Resource, stored: Resource | undefined): Resource {
  if (stored === undefined) return manifest;
  const before = lastAppliedOf(stored);
  const { labels, annotations } = manifest.metadata;
  return {
    ...stored,
    spec: manifest.spec,
    metadata: {
      ...stored.metadata,
      labels: merged(stored.metadata.labels, before.labels, labels),
      annotations: merged(stored.metadata.annotations, before.annotations, annotations),
    },
  };
}

function merged(stored: Words = {}, before: Words = {}, given: Words = {}): Words {
  const kept = Object.entries(stored).filter(([key]) => !Object.hasOwn(before, key));
  return { ...Object.fromEntries(kept), ...given };
}

function lastAppliedOf({ metadata }: Resource): { readonly labels?: Words; readonly annotations?: Words } {
  try {
    const manifest = JSON.parse(metadata.annotations?.[lastApplied] ?? '{}') as {
      readonly metadata?: { readonly labels?: Words; readonly annotations?: Words };
    };
    return manifest.metadata ?? {};
  } catch {
    return {};
  }
}
