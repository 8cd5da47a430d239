import type { BareObject } from '../src/kube/resource.ts';
import type { Material } from './material.ts';

/** What marks the Secret as ours, so that nobody else's is ever overwritten. */
export const ownerLabel = 'app.kubernetes.io/managed-by';
export const owner = 'portcullis';

export interface StoredSecret extends BareObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** Reads the material; undefined where a part is missing. Whether it is any good, `decide` says. */
export function materialIn({ data = {} }: StoredSecret): Material | undefined {
  const text = (key: string) =>
    data[key] === undefined ? '' : Buffer.from(data[key], 'base64').toString('utf8');
  const [bundle, signing, signingKey, cert, key] = [
    'ca.crt',
    'signing.crt',
    'signing.key',
    'tls.crt',
    'tls.key',
  ].map(text) as [string, string, string, string, string];
  if ([bundle, signing, signingKey, cert, key].includes('')) return undefined;
  return { authority: { cert: signing, key: signingKey }, bundle, leaf: { cert, key } };
}

export function isOurs(secret: StoredSecret): boolean {
  return secret.metadata.labels?.[ownerLabel] === owner;
}

/** The Secret that keeps the material; with the resourceVersion of the one that it replaces, if any. */
export function secretFor(
  place: { readonly namespace: string; readonly name: string },
  material: Material,
  replaced?: StoredSecret,
): StoredSecret {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      ...place,
      labels: { ...replaced?.metadata.labels, [ownerLabel]: owner },
      ...(replaced?.metadata.resourceVersion === undefined
        ? {}
        : { resourceVersion: replaced.metadata.resourceVersion }),
    },
    type: replaced?.type ?? 'kubernetes.io/tls',
    data: {
      'ca.crt': base64(material.bundle),
      'signing.crt': base64(material.authority.cert),
      'signing.key': base64(material.authority.key),
      'tls.crt': base64(material.leaf.cert),
      'tls.key': base64(material.leaf.key),
    },
  };
}
