import type { KubeClient } from '../../src/kube/client.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import type { BareObject, ResourceType } from '../../src/kube/resource.ts';
import { finalizer } from '../../src/model/annotations.ts';
import { isPlatformFinalizer } from '../../src/model/platform-operator.ts';

type Client = Pick<KubeClient, 'list' | 'mergePatch'>;

/** How often a write is tried anew when somebody else was faster. */
const tries = 4;

/** Adds our finalizer. The webhook does it at admission as a rule; this is for what came past it. */
export async function addFinalizer(client: Client, type: ResourceType, object: BareObject): Promise<void> {
  await change(client, type, object, (names) =>
    names.includes(finalizer) ? undefined : [...names, finalizer],
  );
}

/** Puts our finalizer in the place of those of the platform's operator, in one write. */
export async function takeOverFinalizer(
  client: Client,
  type: ResourceType,
  object: BareObject,
): Promise<void> {
  await change(client, type, object, (names) =>
    names.some(isPlatformFinalizer) ? [...without(names, true), finalizer] : undefined,
  );
}

/**
 * Removes our finalizer: from now on nothing of us keeps the object. `withPlatforms`: nor does anything that the
 * platform's operator has left there.
 */
export async function removeFinalizer(
  client: Client,
  type: ResourceType,
  object: BareObject,
  { withPlatforms = false }: { readonly withPlatforms?: boolean } = {},
): Promise<void> {
  await change(client, type, object, (names) => {
    const rest = without(names, withPlatforms);
    return rest.length === names.length ? undefined : rest;
  });
}

function without(names: readonly string[], platforms: boolean): readonly string[] {
  return names.filter((name) => name !== finalizer && !(platforms && isPlatformFinalizer(name)));
}

/** Changes the finalizers of the very object that is meant, whoever else changes them at the same time. */
async function change(
  client: Client,
  type: ResourceType,
  object: BareObject,
  next: (names: readonly string[]) => readonly string[] | undefined,
): Promise<void> {
  const { namespace, name, uid } = object.metadata;
  let current: BareObject | undefined = object;
  for (let attempt = 1; current?.metadata.uid === uid; attempt += 1) {
    const finalizers = next(current?.metadata.finalizers ?? []);
    if (finalizers === undefined) return;
    const resourceVersion = current?.metadata.resourceVersion;
    try {
      await client.mergePatch(type, namespace, name, { metadata: { uid, resourceVersion, finalizers } });
      return;
    } catch (error) {
      if (isKubeError(error, 'notFound')) return;
      if (!isKubeError(error, 'conflict') || attempt === tries) throw error;
      // By a list of one, which the processes may ask for anyway.
      const { items } = await client.list(type, { namespace, fieldSelector: `metadata.name=${name}` });
      [current] = items;
    }
  }
}
