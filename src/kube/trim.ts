import type { BareObject } from './resource.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** The object without what nobody reads and what would double it: managedFields and kubectl's copy of the manifest. */
export function withoutBallast<T extends BareObject>(object: T): T {
  const { managedFields: _, annotations, ...metadata } = object.metadata;
  if (annotations === undefined) return { ...object, metadata };
  const { [lastApplied]: __, ...others } = annotations;
  return { ...object, metadata: { ...metadata, annotations: others } };
}
