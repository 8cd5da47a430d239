import { randomBytes } from 'node:crypto';
import type { KubeClient } from '../../src/kube/client.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import type { BareObject } from '../../src/kube/resource.ts';
import type { CheckedSpec } from '../../src/model/checked.ts';
import { group } from '../../src/model/generation.ts';
import type { Kind } from '../../src/model/kind.ts';
import { titled } from '../../src/model/resource.ts';
import type { Stored, Subject } from '../cluster/stored.ts';
import { secretType } from '../../src/kube/core-types.ts';

interface SecretObject extends BareObject {
  readonly data?: Readonly<Record<string, string>>;
}

type Generates = NonNullable<Kind['generates']>;

export type GeneratedKey =
  | { readonly value: string; readonly fault?: never }
  /** `passes`: nobody has to act, the Secret goes by itself. */
  | { readonly fault: string; readonly passes: boolean };

/**
 * The key of a resource that names none, from its Secret; made up and stored first of all where there is none yet.
 * A Secret that is not the resource's own is never written, nor read.
 */
export async function generatedKey(
  subject: Subject,
  generates: Generates,
  spec: CheckedSpec,
  client: KubeClient,
): Promise<GeneratedKey> {
  const { resource } = subject;
  const { namespace, name } = resource.metadata;
  const secretName = generates.secretName({ spec, name });
  const stored = await client.get<SecretObject>(secretType, namespace, secretName);
  if (stored === undefined) {
    const value = await create(resource, secretName, generates, client);
    // Undefined: another gateway's binding of the same resource was faster.
    return value === undefined ? await generatedKey(subject, generates, spec, client) : { value };
  }
  if (!isOwned(stored, resource)) {
    return wasOwned(stored, resource)
      ? {
          fault: `Secret ${secretName} belongs to an earlier ${titled(resource)}, and goes with it`,
          passes: true,
        }
      : { fault: `Secret ${secretName} exists and does not belong to ${titled(resource)}`, passes: false };
  }
  const value = stored.data?.[generates.key];
  if (value !== undefined) return { value: Buffer.from(value, 'base64').toString('utf8') };
  const made = make(generates);
  const { uid, resourceVersion } = stored.metadata;
  const data = { [generates.key]: Buffer.from(made).toString('base64') };
  await client.mergePatch(secretType, namespace, secretName, { metadata: { uid, resourceVersion }, data });
  return { value: made };
}

async function create(
  resource: Stored,
  name: string,
  generates: Generates,
  client: KubeClient,
): Promise<string | undefined> {
  const { namespace, uid, name: owner } = resource.metadata;
  const value = make(generates);
  try {
    await client.create<SecretObject>(secretType, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name,
        namespace,
        labels: { 'app.kubernetes.io/managed-by': 'portcullis' },
        ownerReferences: [{ apiVersion: resource.apiVersion, kind: resource.kind, name: owner, uid }],
      },
      data: { [generates.key]: Buffer.from(value).toString('base64') },
    });
    return value;
  } catch (error) {
    if (isKubeError(error, 'exists')) return undefined;
    throw error;
  }
}

function isOwned(secret: BareObject, resource: Stored): boolean {
  return (secret.metadata.ownerReferences ?? []).some(({ uid }) => uid === resource.metadata.uid);
}

/** Whether it was made for a resource of the same name that is gone: the garbage collector is a moment behind. */
function wasOwned(secret: BareObject, { kind, metadata }: Stored): boolean {
  const owners = secret.metadata.ownerReferences ?? [];
  const isForerunner = ({ apiVersion, kind: of, name }: (typeof owners)[number]) =>
    apiVersion.startsWith(`${group}/`) && of === kind && name === metadata.name;
  return owners.length > 0 && owners.every(isForerunner);
}

function make({ prefix }: Generates): string {
  return prefix + randomBytes(32).toString('hex');
}
