/** A custom resource as far as admission and placement look at it. What Kubernetes stores fits in it. */
export interface Resource {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid?: string;
    readonly generation?: number;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
  };
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** `<kind> shop/books`, as every message names a resource; `<kind> books` where it is of no namespace. */
export function titled({ kind, metadata: { namespace, name } }: Resource): string {
  return namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

export function isSame(one: Resource, other: Resource): boolean {
  return (
    one.kind === other.kind &&
    one.metadata.namespace === other.metadata.namespace &&
    one.metadata.name === other.metadata.name
  );
}

/** The older of two that want the same: by creation, then by uid, so that every replica decides alike. */
export function olderFirst(one: Resource, other: Resource): number {
  const time = (one.metadata.creationTimestamp ?? '').localeCompare(other.metadata.creationTimestamp ?? '');
  return time !== 0 ? time : (one.metadata.uid ?? '').localeCompare(other.metadata.uid ?? '');
}
