import { nearestWord as nearest, type Annotated } from '../model/annotated.ts';
import { annotation } from '../model/annotations.ts';
import { isFromPlatform } from '../model/platform-operator.ts';
import type { AdoptionPolicy } from './plan.ts';

export type ReconcileMode = 'Active' | 'Observe' | 'Paused';

/** What people asked for by annotation. */
export interface Policies {
  readonly mode: ReconcileMode;
  readonly deletion: 'Delete' | 'Orphan';
  readonly adoption: AdoptionPolicy;
  /** Whether what the gateway can't change may be deleted there and created anew. */
  readonly recreate: boolean;
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
    recreate: nearest(chain, annotation.allowRecreate, ['true', 'false']) === 'true',
  };
}

/** Whether what stands on a gateway is to go when its APIGateway goes. By default it is only forgotten. */
export function deletesWithGateway(gateway: Annotated): boolean {
  return nearest([gateway], annotation.deletionPolicy, deletions) === 'Delete';
}

/**
 * Whether a deleted resource is let go though something of it is left. The word nearest to it counts: its own, that of
 * its namespace, or that of all the gateways where something is left.
 */
export function isForceDeleted(
  resource: Annotated,
  namespace: Annotated | undefined,
  left: readonly (Annotated | undefined)[],
): boolean {
  const words = ['true', 'false'] as const;
  const word = nearest([resource, namespace], annotation.forceDelete, words);
  if (word !== undefined) return word === 'true';
  return (
    left.length > 0 && left.every((gateway) => nearest([gateway], annotation.forceDelete, words) === 'true')
  );
}
