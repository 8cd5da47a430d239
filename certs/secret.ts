import type { BareObject } from '../src/kube/resource.ts';
import { Sensitive } from '../src/runtime/sensitive.ts';
import type { Material, Pair } from './material.ts';
import { partOfLabel, partOfUs } from '../src/model/annotations.ts';

/** What marks the Secret as ours, so that nobody else's is ever overwritten. */
export const ownerLabel = 'app.kubernetes.io/managed-by';
export const owner = 'portcullis';

export interface StoredSecret extends BareObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

export interface SecretPlace {
  readonly namespace: string;
  readonly name: string;
}

/** Reads the material; undefined where a part is missing. Whether it is any good, `decide` says. */
export function materialIn(secret: StoredSecret): Material | undefined {
  const authority = pairIn(secret, 'signing');
  const leaf = pairIn(secret, 'tls');
  const successor = pairIn(secret, 'next');
  const bundle = textIn(secret, 'ca.crt');
  if (authority === undefined || leaf === undefined || bundle === '') return undefined;
  return { authority, bundle, leaf, ...(successor === undefined ? {} : { successor }) };
}

/** The certificate and key under `<name>.crt` and `<name>.key`, if both are there. */
export function pairIn(secret: StoredSecret, name: string): Pair | undefined {
  const [cert, key] = [textIn(secret, `${name}.crt`), textIn(secret, `${name}.key`)];
  return cert === '' || key === '' ? undefined : { cert, key: new Sensitive(key) };
}

/** The text under a key; empty where there is none. */
export function textIn({ data = {} }: StoredSecret, key: string): string {
  return Buffer.from(data[key] ?? '', 'base64').toString('utf8');
}

export function isOurs(secret: StoredSecret): boolean {
  return secret.metadata.labels?.[ownerLabel] === owner;
}

/** Every key of ours; whatever else stands in the Secret is another version's, or somebody's who knows why. */
const ownKeys: ReadonlySet<string> = new Set([
  'ca.crt',
  ...['signing', 'next', 'tls'].flatMap((name) => [`${name}.crt`, `${name}.key`]),
]);

/** The Secret that keeps the material, in place of the one that was read, if any. */
export function secretFor(place: SecretPlace, material: Material, replaced?: StoredSecret): StoredSecret {
  const kept = Object.entries(replaced?.data ?? {}).filter(([key]) => !ownKeys.has(key));
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      ...replaced?.metadata,
      ...place,
      labels: {
        ...replaced?.metadata.labels,
        [ownerLabel]: owner,
        [partOfLabel]: partOfUs,
      },
    },
    type: replaced?.type ?? 'kubernetes.io/tls',
    data: {
      ...Object.fromEntries(kept),
      'ca.crt': base64(material.bundle),
      ...written('signing', material.authority),
      ...(material.successor === undefined ? {} : written('next', material.successor)),
      ...written('tls', material.leaf),
    },
  };
}

function written(name: string, { cert, key }: Pair): Readonly<Record<string, string>> {
  return { [`${name}.crt`]: base64(cert), [`${name}.key`]: base64(key.reveal()) };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
