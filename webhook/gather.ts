import type { Held, Holders } from '../src/checks/gather.ts';
import type { KubeClient } from '../src/kube/client.ts';
import { configMapType, customType, secretType } from '../src/kube/core-types.ts';
import { holderValues, type Holder } from '../src/kube/holder.ts';
import type { KubeObject } from '../src/kube/resource.ts';
import type { Kind, Reference } from '../src/model/kind.ts';
import { satisfies } from '../src/model/references.ts';
import { accessOf } from './access.ts';
import type { User } from './admission-review.ts';

const types = { Secret: secretType, ConfigMap: configMapType } as const;

/**
 * Secrets and ConfigMaps as the requesting user may see them. Whether the user may is asked first of all: where not,
 * nothing is read.
 */
export function holdersFor(user: User, client: KubeClient): Holders {
  return {
    async read(from, namespace, name): Promise<Held> {
      const type = types[from];
      const { allowed } = await client.subjectAccessReview(
        accessOf(user, { namespace, verb: 'get', group: type.group, resource: type.plural, name }),
      );
      return {
        allowed,
        values: allowed ? holderValues(from, await client.get<Holder>(type, namespace, name)) : undefined,
      };
    },
  };
}

/** Whether the API server has what a reference names: the informers may lag behind. */
export async function existsLive(
  reference: Reference,
  row: Kind,
  namespace: string,
  client: KubeClient,
): Promise<boolean> {
  const type = customType(row);
  if (reference.by === 'name') return isAlive(await client.get<KubeObject>(type, namespace, reference.name));
  const { items } = await client.list<KubeObject>(type, { namespace });
  return items.some(
    (item) => isAlive(item) && satisfies(reference, row, { name: item.metadata.name, spec: item.spec }),
  );
}

function isAlive(object: KubeObject | undefined): boolean {
  return object !== undefined && object.metadata.deletionTimestamp === undefined;
}
