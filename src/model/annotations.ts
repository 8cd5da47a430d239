import { group } from './generation.ts';

/**
 * The annotations and labels that mean something to us, a closed list. Everything else under our prefix that is
 * the platform's (`artifact-id`, `project-id`) goes along to the gateway.
 */
export const annotation = {
  reconcile: `${group}/reconcile`,
  deletionPolicy: `${group}/deletion-policy`,
  adoptionPolicy: `${group}/adoption-policy`,
  forceDelete: `${group}/force-delete`,
  allowRemoval: `${group}/allow-removal`,
  allowDelete: `${group}/allow-delete`,
  allowRecreate: `${group}/allow-recreate`,
  /** A moment, from which on everything is to be looked at once more. See `resyncOf`. */
  resyncAt: `${group}/resync-at`,
  /** On an APIGateway, and set by the webhook alone: what was granted to it. See `grantFor`. */
  reach: `${group}/reach`,
} as const;

export const ownAnnotations: ReadonlySet<string> = new Set(Object.values(annotation));

/** The platform's: decides the uuid under which a gateway stores the resource. */
export const artifactId = `${group}/artifact-id`;

/**
 * Those of which a change alone is reviewed, since it can be refused. Whoever sets another one may be in an emergency,
 * such as a webhook that is down: nothing keeps him from pausing or orphaning a resource.
 */
export const judgedAnnotations: readonly string[] = [annotation.reach, annotation.adoptionPolicy, artifactId];

/** On what we store at a gateway: who it belongs to. See `ownershipMark`. */
export const markAnnotation = `${group}/managed-by`;

/** On everything that is ours in a cluster, whoever puts it there; what lacks it is left alone. */
export const partOfLabel = 'app.kubernetes.io/part-of';
export const partOfUs = 'portcullis';

/** On a namespace: how absent references are treated. */
export const enforcementLabel = `${group}/enforcement`;

/** On a namespace: the namespace whose gateways may take from it, or `Any`. */
export const admitsLabel = `${group}/admits-gateways-from`;

/** Kept by the controller on what others refer to, so that only such deletions ask the webhook. */
export const inUseLabel = `${group}/in-use`;

/** Labels without those that only we write: what people mean by them. */
export function meantLabels(
  labels: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const { [inUseLabel]: _, ...meant } = labels ?? {};
  return meant;
}

export const finalizer = `${group}/portcullis`;
