import { createHash } from 'node:crypto';
import { canonical } from '../compare/canonical.ts';
import { admitsLabel, annotation } from '../model/annotations.ts';
import type { Resource } from '../model/resource.ts';

/** What decides how far gateways reach, beside themselves. */
export interface ReachRules {
  /** `Any`: whoever asks reaches everywhere, granted or not. */
  readonly reach: 'Granted' | 'Any';
  labelsOf(namespace: string): Readonly<Record<string, string>> | undefined;
}

/** How far a gateway reaches: it asks for its own namespace only, or for more and has it, or for more in vain. */
export type Reach = 'OwnNamespace' | 'Granted' | 'NotGranted' | 'Any';

export function reachOf(gateway: Resource, rule: ReachRules['reach']): Reach {
  if (!asksBeyond(gateway)) return 'OwnNamespace';
  if (rule === 'Any') return 'Any';
  return isGranted(gateway) ? 'Granted' : 'NotGranted';
}

/**
 * Whether a gateway may take anything from a namespace: from its own, from all where it was granted, and from one
 * that admits it.
 */
export function mayTakeFrom(gateway: Resource, namespace: string, rules: ReachRules): boolean {
  const home = gateway.metadata.namespace;
  if (namespace === home || rules.reach === 'Any' || isGranted(gateway)) return true;
  const admitted = rules.labelsOf(namespace)?.[admitsLabel];
  return admitted === 'Any' || admitted === home;
}

/** Whether a gateway asks for resources of other namespaces. What nobody can make sense of does. */
export function asksBeyond({ metadata, spec }: Resource): boolean {
  const { scope, namespaces, matchLabels, matchExpressions } = coveredBy(spec).apiSelector ?? {};
  switch (scope) {
    case 'Namespaced':
      return !isEmpty(namespaces) && !isHomeOnly(namespaces, metadata.namespace);
    case 'LabelSelector':
      return !isEmpty(matchLabels) || !isEmpty(matchExpressions);
    default:
      return true;
  }
}

export function isGranted(gateway: Resource): boolean {
  const grant = gateway.metadata.annotations?.[annotation.reach];
  return grant !== undefined && grant === grantFor(gateway);
}

const grants = new WeakMap<object, string>();

/**
 * What the annotation says of a gateway that was granted its reach: a digest of what it asks for and of where it sends
 * it. So a grant covers neither a later selector nor a gateway at another address, which would get everybody's secrets.
 * Remembered for as long as the spec is there, as a spec is never changed and every selection asks.
 */
export function grantFor({ spec }: Resource): string {
  const key = typeof spec === 'object' && spec !== null ? spec : undefined;
  const known = key === undefined ? undefined : grants.get(key);
  if (known !== undefined) return known;
  // 128 bits: nobody finds a second selector with the same.
  const made = createHash('sha256')
    .update(canonical(coveredBy(spec)))
    .digest('hex')
    .slice(0, 32);
  if (key !== undefined) grants.set(key, made);
  return made;
}

/** The part of a spec that a grant is about. Admission asks before any schema has been checked: it may be anything. */
function coveredBy(spec: unknown) {
  const { apiSelector, management } = (spec ?? {}) as {
    readonly apiSelector?: Readonly<Record<string, unknown>> | null;
    readonly management?: Readonly<Record<string, unknown>> | null;
  };
  const { url, serviceRef, tls } = management ?? {};
  return { apiSelector, management: { url, serviceRef, tls } };
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)
  );
}

function isHomeOnly(namespaces: unknown, home: string): boolean {
  return Array.isArray(namespaces) && namespaces.every((name) => name === home);
}
