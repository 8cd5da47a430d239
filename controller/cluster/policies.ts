import { annotation } from '../../src/model/annotations.ts';
import { isFromPlatform } from '../../src/model/platform-operator.ts';
import type { AdoptionPolicy } from '../../src/compare/plan.ts';

/** Whatever carries annotations: a resource, its namespace, its gateway. */
export interface Annotated {
  readonly metadata: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
  };
}

export type ReconcileMode = 'Active' | 'Observe' | 'Paused';

/** What people asked for by annotation. */
export interface Policies {
  readonly mode: ReconcileMode;
  readonly deletion: 'Delete' | 'Orphan';
  readonly adoption: AdoptionPolicy;
}

const modes: readonly ReconcileMode[] = ['Active', 'Observe', 'Paused'];
const deletions = ['Delete', 'Orphan'] as const;
const adoptions: readonly AdoptionPolicy[] = ['IfEqual', 'IfUnowned', 'Never', 'Always'];

/** What holds for a resource on a gateway: the nearest of the resource, its namespace and the gateway wins. */
export function policiesOf(
  resource: Annotated,
  namespace: Annotated | undefined,
  gateway: Annotated | undefined,
): Policies {
  const chain = [resource, namespace, gateway];
  const adoption = nearest(chain, annotation.adoptionPolicy, adoptions);
  const allowed =
    adoption !== 'Always' || nearest([gateway], annotation.adoptionPolicy, adoptions) === 'Always';
  return {
    mode: nearest(chain, annotation.reconcile, modes) ?? 'Active',
    deletion: nearest(chain, annotation.deletionPolicy, deletions) ?? 'Delete',
    adoption: (allowed ? adoption : undefined) ?? (isFromPlatform(resource) ? 'IfUnowned' : 'IfEqual'),
  };
}

/** Whether what stands on a gateway is to go when its APIGateway goes. By default it is only forgotten. */
export function deletesWithGateway(gateway: Annotated): boolean {
  return nearest([gateway], annotation.deletionPolicy, deletions) === 'Delete';
}

export function isForceDeleted(resource: Annotated): boolean {
  return resource.metadata.annotations?.[annotation.forceDelete] === 'true';
}

function nearest<Word extends string>(
  chain: readonly (Annotated | undefined)[],
  key: string,
  words: readonly Word[],
): Word | undefined {
  for (const object of chain) {
    const word = words.find((known) => known === object?.metadata.annotations?.[key]);
    if (word !== undefined) return word;
  }
  return undefined;
}
