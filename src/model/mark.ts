/** Who a document at a gateway belongs to. */
export interface Owner {
  /** The uid of the namespace kube-system, which names the cluster. */
  readonly cluster: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

const prefix = 'portcullis';

/** The mark as one text; it stands in an annotation, a description or an external reference, by kind. */
export function markOf(owner: Owner): string {
  return [prefix, owner.cluster, owner.kind, owner.namespace, owner.name].join('/');
}

/** Reads a mark; undefined where the text is none of ours. */
export function parseMark(text: unknown): Owner | undefined {
  if (typeof text !== 'string') return undefined;
  const line = text.split('\n').find((part) => part.startsWith(`${prefix}/`));
  const [, cluster, kind, namespace, name, ...rest] = line?.split('/') ?? [];
  if (cluster === undefined || kind === undefined || namespace === undefined || name === undefined)
    return undefined;
  return rest.length === 0 ? { cluster, kind, namespace, name } : undefined;
}
