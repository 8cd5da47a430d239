import { annotation } from '../model/annotations.ts';
import { titled, type Resource } from '../model/resource.ts';

/** What is asked: may this object go? */
export interface Deletion {
  /** As it is stored. */
  readonly object: Resource;
  readonly namespace: Surroundings | undefined;
  /** Whatever refers to it. Those that are being deleted themselves don't count. */
  readonly users: readonly Resource[];
  readonly username: string;
  /** Whether the user is one of the delivery tools that the installation knows. */
  readonly isTool: boolean;
  readonly dryRun: boolean;
  readonly enforcement: 'Auto' | 'Deny' | 'Warn';
}

/** A namespace, as far as it decides. */
export interface Surroundings {
  readonly metadata: {
    readonly deletionTimestamp?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly status?: unknown;
}

/** Why nothing is said of a deletion. */
type Freedom = 'BeingDeleted' | 'NamespaceGoing' | 'Sweeping' | 'Allowed' | 'Unused';

export type Protection =
  | { readonly is: 'free'; readonly because: Freedom }
  | { readonly is: 'warned' | 'refused'; readonly message: string };

/** So many users are named; a message must fit on a screen. */
export const mostNamed = 5;

/**
 * Who deletes what is already going, or has no owner any more: refused, they would try for ever. Where the controller
 * manager runs without an account for each controller, they all have its name.
 */
export const sweepers: readonly string[] = [
  'system:serviceaccount:kube-system:namespace-controller',
  'system:serviceaccount:kube-system:generic-garbage-collector',
  'system:kube-controller-manager',
];

/**
 * Whether an object may be deleted while live resources refer to it. A person is refused with their names and the way
 * out; a delivery tool, which deletes a set in an order of its own, is only warned: the controller holds the deletion
 * back at the gateways until nothing refers to the object any more.
 */
export function protection(deletion: Deletion): Protection {
  for (const [because, holds] of freedoms) if (holds(deletion)) return { is: 'free', because };
  const message = messageOf(deletion);
  return isLenient(deletion) ? { is: 'warned', message } : { is: 'refused', message };
}

/** In order; the first that holds is the reason. */
const freedoms: readonly (readonly [Freedom, (deletion: Deletion) => boolean])[] = [
  ['BeingDeleted', ({ object }) => object.metadata.deletionTimestamp !== undefined],
  ['NamespaceGoing', ({ namespace }) => namespace !== undefined && isGoing(namespace)],
  ['Sweeping', ({ username }) => sweepers.includes(username)],
  ['Allowed', isAllowed],
  ['Unused', (deletion) => usersThatStay(deletion).length === 0],
];

function isGoing({ metadata, status }: Surroundings): boolean {
  const { phase } = (status ?? {}) as { readonly phase?: unknown };
  return metadata.deletionTimestamp !== undefined || phase === 'Terminating';
}

/** The nearest annotation wins. */
function isAllowed({ object, namespace }: Deletion): boolean {
  const own = object.metadata.annotations?.[annotation.allowDelete];
  return (own ?? namespace?.metadata.annotations?.[annotation.allowDelete]) === 'true';
}

function usersThatStay({ users }: Deletion): readonly Resource[] {
  return users.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

function isLenient({ object, dryRun, enforcement, isTool }: Deletion): boolean {
  if (dryRun || enforcement === 'Warn') return true;
  return enforcement === 'Auto' && (isTool || isDelivered(object));
}

/** A deletion carries no field manager; what a delivery tool brought, it also takes away. */
function isDelivered({ metadata: { labels = {}, annotations = {} } }: Resource): boolean {
  const keys = [...Object.keys(labels), ...Object.keys(annotations)];
  return (
    labels['app.kubernetes.io/managed-by'] === 'Helm' ||
    keys.some((key) => toolKeys.some((is) => is.test(key)))
  );
}

/** Flux marks by labels (and by annotations of its own making), Argo CD by either, as it is set up. */
const toolKeys: readonly RegExp[] = [
  /^(helm|kustomize)\.toolkit\.fluxcd\.io\//,
  /^argocd\.argoproj\.io\/(tracking-id|instance)$/,
];

function messageOf(deletion: Deletion): string {
  const users = usersThatStay(deletion);
  const named = users.slice(0, mostNamed).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  const more = users.length - named.length;
  const all = more > 0 ? `${named.join(', ')} and ${more} more` : listed(named);
  const verb = users.length === 1 ? 'refers' : 'refer';
  return `${titled(deletion.object)} is in use: ${all} ${verb} to it; delete them first, or annotate it with ${annotation.allowDelete}=true`;
}

/** `a`, `a and b`, `a, b and c`. */
function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
