import {
  admitsLabel,
  annotation,
  artifactId,
  enforcementLabel,
  inUseLabel,
  markAnnotation,
  ownAnnotations,
} from './annotations.ts';
import { group } from './generation.ts';
import { didYouMean } from './nearest.ts';
import { isPlatformBookkeeping } from './platform-operator.ts';

/** The platform's own, which go along to the gateway. */
const platforms: readonly string[] = [artifactId, `${group}/project-id`];

const words = (...known: readonly string[]) => ({
  pattern: new RegExp(`^(${known.join('|')})$`),
  takes: known.join(', '),
});
const yes = words('true', 'false');

/** What each annotation of ours takes; one that is not here takes anything. */
const taken: Readonly<Record<string, { readonly pattern: RegExp; readonly takes: string }>> = {
  [annotation.reconcile]: words('Active', 'Observe', 'Paused'),
  [annotation.deletionPolicy]: words('Delete', 'Orphan'),
  [annotation.adoptionPolicy]: words('IfEqual', 'IfUnowned', 'Never', 'Always'),
  [annotation.forceDelete]: yes,
  [annotation.allowDelete]: yes,
  [annotation.allowRecreate]: yes,
  [annotation.allowRemoval]: { pattern: /^\d{1,9}$/, takes: 'a number' },
  [annotation.resyncAt]: {
    pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)( Force)?$/,
    takes: 'a moment (RFC 3339), and Force',
  },
};

/** Why an annotation below our prefix means nothing; undefined where it does, or is none of ours. */
export function annotationFault(key: string, value: string): string | undefined {
  if (!key.startsWith(`${group}/`)) return undefined;
  const known = taken[key];
  if (known !== undefined)
    return known.pattern.test(value)
      ? undefined
      : `says ${JSON.stringify(value)}, which means nothing; it takes ${known.takes}`;
  if (
    ownAnnotations.has(key) ||
    platforms.includes(key) ||
    key === markAnnotation ||
    isPlatformBookkeeping(key)
  )
    return undefined;
  return `is none that Portcullis knows; ${didYouMean(key, [...ownAnnotations, ...platforms]) ?? 'take it away'}`;
}

/** The labels of ours that people set on namespaces. */
const namespaceLabels: readonly string[] = [enforcementLabel, admitsLabel];

/** Why a label of a namespace below our prefix means nothing. `exists` tells whether there is a namespace of a name. */
export function namespaceLabelFault(
  key: string,
  value: string,
  exists: (namespace: string) => boolean,
): string | undefined {
  if (!key.startsWith(`${group}/`) || key === inUseLabel) return undefined;
  switch (key) {
    case enforcementLabel:
      return /^(Auto|Deny|Warn)$/.test(value)
        ? undefined
        : `says ${JSON.stringify(value)}, which means nothing; it takes Auto, Deny, Warn`;
    case admitsLabel:
      return value === 'Any' || exists(value)
        ? undefined
        : `names namespace ${JSON.stringify(value)}, which does not exist; it takes a namespace, or Any`;
    default:
      return `is none that Portcullis knows; ${didYouMean(key, namespaceLabels) ?? 'take it away'}`;
  }
}
