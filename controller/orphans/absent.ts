import type { KubeClient } from '../../src/kube/client.ts';
import { customType } from '../../src/kube/core-types.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import type { Kind } from '../../src/model/kind.ts';

/**
 * Whether the API server itself, asked now, has no such resource. A kind that it does not serve says nothing about its
 * resources: a GET of the name would answer 404 for either, so the list of its namespace is asked for that one name.
 */
export async function isAbsent(
  client: Pick<KubeClient, 'list'>,
  row: Kind,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<boolean> {
  try {
    const fieldSelector = `metadata.name=${name}`;
    const { items } = await client.list(customType(row), { namespace, fieldSelector });
    return items.length === 0;
  } catch (error) {
    if (isKubeError(error, 'aborted')) throw error;
    if (isKubeError(error)) return false;
    throw error;
  }
}
