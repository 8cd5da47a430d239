/** How the API server calls a kind of object, and where it keeps it. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** What the API server has stored has a uid, a resourceVersion and a creationTimestamp; a draft has none of them. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly generateName?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly unknown[];
}

/** What every object has. Kinds without a spec (Secret, ConfigMap) extend this. */
export interface BareObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

export interface KubeObject<Spec = unknown, Status = unknown> extends BareObject {
  readonly spec: Spec;
  readonly status?: Status;
}

/** `apps/v1`, or `v1` for the core group. */
export function apiVersionOf({ group, version }: Pick<ResourceType, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The key of an object among those of its type: `namespace/name`, or `/name` where there are no namespaces. */
export function key(object: { readonly metadata: Pick<ObjectMeta, 'namespace' | 'name'> }): string {
  return keyOf(object.metadata.namespace, object.metadata.name);
}

export function keyOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}

/** Whether the object is only waiting for its finalizers. */
export function isTerminating(object: BareObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

/** A condition as `metav1.Condition` has it. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  /** A word in CamelCase, for programs. */
  readonly reason: string;
  /** A sentence, for people. */
  readonly message: string;
  /** RFC 3339, whole seconds. */
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number;
}

/** The longest message that the API server takes. Source: the validation markers of `metav1.Condition`. */
export const maxConditionMessage = 32768;

/**
 * The conditions with `next` in the place of the one of its type. `lastTransitionTime` moves only when the status
 * does, so that writing the same news twice changes nothing. The order of the others is kept.
 */
export function setCondition(
  conditions: readonly Condition[] | undefined,
  next: Omit<Condition, 'lastTransitionTime'>,
  now: Date,
): readonly Condition[] {
  const before = conditions?.find((condition) => condition.type === next.type);
  const lastTransitionTime =
    before?.status === next.status ? before.lastTransitionTime : now.toISOString().replace(/\.\d{3}Z$/, 'Z');
  const after = { ...next, message: next.message.slice(0, maxConditionMessage), lastTransitionTime };
  if (!before) return [...(conditions ?? []), after];
  return (conditions ?? []).map((condition) => (condition.type === next.type ? after : condition));
}
