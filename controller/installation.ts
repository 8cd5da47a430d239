import { randomBytes } from 'node:crypto';
import type { KubeClient } from '../src/kube/client.ts';
import { isKubeError } from '../src/kube/kube-error.ts';
import type { BareObject } from '../src/kube/resource.ts';
import { Sensitive } from '../src/runtime/sensitive.ts';
import type { Installation } from './binding/wanted.ts';
import { namespaceType, secretType } from '../src/kube/core-types.ts';
import { partOfLabel, partOfUs } from '../src/model/annotations.ts';

interface SecretObject extends BareObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** The Secret that keeps the key of the fingerprints. Losing it costs one write of each resource with a credential. */
const secretName = 'portcullis-fingerprint-key';
const secretKey = 'key';

/** Reads what names this installation; the key of its fingerprints is made at the first start. */
export async function findInstallation(namespace: string, client: KubeClient): Promise<Installation> {
  const system = await client.get(namespaceType, undefined, 'kube-system');
  const cluster = system?.metadata.uid;
  if (cluster === undefined)
    throw new Error('could not tell the cluster because it has no namespace kube-system');
  return { cluster, fingerprintKey: await fingerprintKey(namespace, client) };
}

async function fingerprintKey(namespace: string, client: KubeClient): Promise<Sensitive> {
  const stored = await client.get<SecretObject>(secretType, namespace, secretName);
  const key = stored?.data?.[secretKey];
  if (key !== undefined) return new Sensitive(Buffer.from(key, 'base64').toString('utf8'));
  if (stored !== undefined)
    throw new Error(`could not go on because Secret ${namespace}/${secretName} has no ${secretKey}`);
  const made = randomBytes(32).toString('base64');
  try {
    await client.create<SecretObject>(secretType, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace, name: secretName, labels: { [partOfLabel]: partOfUs } },
      data: { [secretKey]: Buffer.from(made).toString('base64') },
    });
    return new Sensitive(made);
  } catch (error) {
    // Another replica was faster.
    if (isKubeError(error, 'exists')) return await fingerprintKey(namespace, client);
    throw error;
  }
}
