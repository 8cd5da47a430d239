/** A resource as a file describes it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: unknown;
}

/** A key of a Secret: what stood at a place of a spec. */
export interface Entry {
  readonly key: string;
  /** In the spec, as `upstream.auth.value`. */
  readonly path: string;
  /** Undefined where nobody shows it: it is to be filled in. */
  readonly value: string | undefined;
  /** What is shown of it all the same, such as its last characters. */
  readonly hint?: string | undefined;
}

/** A Secret of Kubernetes that keeps the credentials of one resource. */
export interface Keeper {
  readonly name: string;
  readonly namespace: string | undefined;
  /** The resource, as `<kind> vendor`. */
  readonly of: string;
  readonly entries: readonly Entry[];
}

export function titleOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.name}`;
}
