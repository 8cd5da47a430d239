import { parseAllDocuments } from 'yaml';
import type { Asked } from './audit.ts';

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** The smallest thing that a role allows: one verb on one resource. */
export interface Permission {
  /** `ClusterRole/x` or `Role/x`. */
  readonly role: string;
  readonly apiGroup: string;
  readonly resource: string;
  readonly verb: string;
  readonly names: readonly string[] | undefined;
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly Rule[];
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string }[];
}

/** Everything that the manifests allow ServiceAccounts: roles that are bound to people, or to nobody, count nothing. */
export function permissionsOf(manifests: string): readonly Permission[] {
  const objects = parseAllDocuments(manifests)
    .map((document) => document.toJS() as Manifest | null)
    .filter((object) => object !== null);
  const bound = new Set(
    objects
      .filter(({ subjects }) => subjects?.some(({ kind }) => kind === 'ServiceAccount'))
      .map(({ roleRef }) => `${roleRef?.kind ?? ''}/${roleRef?.name ?? ''}`),
  );
  const all = objects
    .filter(({ kind, metadata }) => bound.has(`${kind}/${metadata.name}`))
    .flatMap(({ kind, metadata, rules = [] }) => permissionsIn(`${kind}/${metadata.name}`, rules));
  return [...new Map(all.map((one) => [titleOf(one), one])).values()];
}

function permissionsIn(role: string, rules: readonly Rule[]): readonly Permission[] {
  return rules.flatMap(({ apiGroups, resources, verbs, resourceNames }) =>
    apiGroups.flatMap((apiGroup) =>
      resources.flatMap((resource) =>
        verbs.map((verb) => ({ role, apiGroup, resource, verb, names: resourceNames })),
      ),
    ),
  );
}

/** Whether this is what the request needed, whichever role gave it. */
export function covers({ apiGroup, resource, verb, names }: Permission, asked: Asked): boolean {
  return (
    asked.apiGroup === apiGroup &&
    asked.resource === resource &&
    asked.verb === verb &&
    (names === undefined || (asked.name !== undefined && names.includes(asked.name)))
  );
}

/** The rules without this permission, and with everything else. */
export function without(
  rules: readonly Rule[],
  { apiGroup, resource, verb, names }: Permission,
): readonly Rule[] {
  return rules.flatMap((rule): readonly Rule[] => {
    const isIt =
      rule.apiGroups.includes(apiGroup) &&
      rule.resources.includes(resource) &&
      rule.verbs.includes(verb) &&
      JSON.stringify(rule.resourceNames) === JSON.stringify(names);
    if (!isIt) return [rule];
    const others = rule.resources.filter((one) => one !== resource);
    const verbs = rule.verbs.filter((one) => one !== verb);
    return [
      ...(others.length === 0 ? [] : [{ ...rule, resources: others }]),
      ...(verbs.length === 0 ? [] : [{ ...rule, resources: [resource], verbs }]),
    ];
  });
}

export function titleOf({ role, apiGroup, resource, verb, names }: Permission): string {
  const title = `${role}: ${verb} ${resource}${apiGroup === '' ? '' : `.${apiGroup}`}`;
  if (names === undefined) return title;
  return `${title} (${names.length > 2 ? `${names.length} names` : names.join(', ')})`;
}
