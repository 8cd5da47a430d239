import type { Informer } from '../../src/kube/informer.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import type { KubeObject } from '../../src/kube/resource.ts';
import type { Clock } from '../../src/runtime/clock.ts';

interface Dependencies {
  readonly client: KubeClient;
  readonly clock: Clock;
}

/** How often the informer is looked at, and how often the API server is asked anew meanwhile. */
const lookMs = 50;
const looksPerList = 40;

/**
 * Resolves when an informer shows at least what the API server holds now of certain namespaces. An informer lags; what
 * the former holder of a shard has done last must not be undone because it is not seen yet.
 */
export async function catchUp(
  informer: Informer<KubeObject>,
  isConcerned: (namespace: string) => boolean,
  { client, clock }: Dependencies,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const listed = await listOf(informer, client);
    if (listed === undefined) return;
    const items = listed.items.filter(({ metadata }) => isConcerned(metadata.namespace ?? ''));
    for (let looks = 0; looks < looksPerList; looks += 1) {
      if (isAsNewAs(informer, items, listed.resourceVersion, isConcerned)) return;
      // Without a pause once the signal has aborted: the looks are few.
      await clock.sleep(lookMs, signal);
    }
  }
}

/** Undefined where there is no such type, and in a namespace that we may not read: there is nothing for us to do. */
async function listOf({ type, namespace, isRefused }: Informer<KubeObject>, client: KubeClient) {
  try {
    return isRefused ? undefined : await client.list<KubeObject>(type, { namespace });
  } catch (error) {
    if (isKubeError(error, 'notFound')) return undefined;
    throw error;
  }
}

function isAsNewAs(
  informer: Informer<KubeObject>,
  items: readonly KubeObject[],
  resourceVersion: string,
  isConcerned: (namespace: string) => boolean,
): boolean {
  const names = new Set<string>();
  for (const { metadata } of items) {
    const { namespace = '', name } = metadata;
    names.add(`${namespace}/${name}`);
    // What is not there may be gone already: the next list will tell.
    const seen = informer.get(namespace, name);
    if (seen === undefined || isOlder(seen, metadata.resourceVersion)) return false;
  }
  for (const seen of informer.list()) {
    const { namespace = '', name } = seen.metadata;
    const isListed = !isConcerned(namespace) || names.has(`${namespace}/${name}`);
    // It came after the list, or it is gone and the informer does not know it yet.
    if (!isListed && isOlder(seen, resourceVersion)) return false;
  }
  return true;
}

/** Versions are revisions of etcd, whole numbers that grow; Kubernetes promises that since 1.35. */
function isOlder({ metadata }: KubeObject, resourceVersion = '0'): boolean {
  return BigInt(metadata.resourceVersion ?? '0') < BigInt(resourceVersion);
}
