import { annotation, finalizer, meantLabels } from '../model/annotations.ts';
import { group } from '../model/generation.ts';
import type { Kind } from '../model/kind.ts';
import { keep, rewritten, walk, written } from '../model/path.ts';
import { isFromPlatform, isPlatformBookkeeping, lastApplied } from '../model/platform-operator.ts';
import type { Resource } from '../model/resource.ts';
import { parseSecretSource } from '../model/secret-source.ts';
import { sentence } from '../model/violation.ts';
import type { ExportSteps } from './export-gateway.ts';
import type { Export, Exported, Note } from './exported.ts';
import { faultsOf } from './faults.ts';
import { inOrder } from './in-order.ts';
import { lifted } from './lift.ts';
import { titleOf, type Keeper } from './manifest.ts';
import { shortName } from './names.ts';

/** A resource of the cluster, with the row of its kind. */
export interface Stored {
  readonly row: Kind;
  readonly resource: Resource;
}

/** What an unmarked item at a gateway needs to be taken over though it differs. */
export const takeOver = { [annotation.adoptionPolicy]: 'IfUnowned' } as const;

/** The platform's own operator has a resource in its hands, or left it behind, and it is not ours yet. */
export function isLeftByPlatform(resource: Resource): boolean {
  const { annotations = {}, finalizers = [], deletionTimestamp } = resource.metadata;
  if (deletionTimestamp !== undefined) return false;
  if (isFromPlatform(resource)) return true;
  return !finalizers.includes(finalizer) && Object.keys(annotations).some(isPlatformBookkeeping);
}

/**
 * The resources of the platform's operator as manifests for Portcullis: in today's spelling, without what that operator and
 * kubectl remember, with their inline credentials in Secrets, and marked so that what stands at the gateways is taken over.
 */
export function exportFromPlatform(stored: readonly Stored[], now: Date, steps: ExportSteps): Export {
  const converted = stored.map(({ row, resource }) => convert(row, resource));
  const keeperOf = new Map(converted.map(({ exported, keeper }) => [exported, keeper]));
  const resources = inOrder(
    converted.map(({ exported }) => exported),
    steps.table,
  );
  return {
    resources,
    keepers: resources.flatMap((exported) => keeperOf.get(exported) ?? []),
    leftOut: [],
    notes: resources.flatMap((exported) => notesOf(exported, now, steps)),
    shipped: 0,
  };
}

function convert(row: Kind, { metadata, kind, spec }: Resource) {
  const { name, namespace, annotations = {} } = metadata;
  const labels = meantLabels(metadata.labels);
  const own = Object.entries(annotations).filter(
    ([key]) => key !== lastApplied && !isPlatformBookkeeping(key),
  );
  const secret = shortName(`${kind.toLowerCase()}-${name}`);
  const { spec: clean, entries, inClear } = lifted(row, respelled(row, spec), { secret });
  const manifest = {
    apiVersion: `${group}/v1`,
    kind,
    metadata: {
      name,
      namespace,
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      annotations: { ...takeOver, ...Object.fromEntries(own) },
    },
    spec: clean,
  };
  const exported: Exported = { row, manifest, inClear };
  const keeper: Keeper | undefined =
    entries.length === 0 ? undefined : { name: secret, namespace, of: titleOf(manifest), entries };
  return { exported, keeper };
}

/** Secrets as Kubernetes itself writes them: `{name, key}` becomes `{secretKeyRef: {name, key}}`. */
function respelled(row: Kind, spec: unknown): unknown {
  const places = new Set(row.secrets.map((pattern) => pattern.replaceAll('[]', '')));
  return rewritten(spec, (value, steps) => {
    if (!places.has(written(steps.filter((step) => typeof step === 'string')))) return keep;
    const parsed = parseSecretSource(value, '');
    if (!('source' in parsed) || parsed.source.is !== 'key') return value;
    const { name, key, optional } = parsed.source;
    return { valueFrom: { secretKeyRef: { name, key, ...(optional ? { optional } : {}) } } };
  });
}

function notesOf({ row, manifest, inClear }: Exported, now: Date, { schemas }: ExportSteps): readonly Note[] {
  const { name, namespace = '' } = manifest.metadata;
  const what = `${row.kind} ${namespace}/${name}`;
  const { ended, others } = faultsOf(row, manifest, { schemas, now });
  const refused = [...ended, ...others].map(sentence);
  const told =
    refused.length > 0 ? [] : [...anew(row, manifest.spec, name), ...foreignNamespaces(manifest.spec)];
  const clear = inClear.map(
    (path) => `spec.${path}: looks like a credential, and no Secret can stand for it there`,
  );
  return [
    ...refused.map((text) => ({ what, text, isRefused: true })),
    ...[...told, ...clear].map((text) => ({ what, text, isRefused: false })),
  ];
}

/** What can't be recognised at the gateway as the resource's, so that it is not taken over as it stands. */
function anew(row: Kind, spec: unknown, name: string): readonly string[] {
  if (row.update.by === 'recreate')
    return [
      'is stored anew under a name of our own; the old one stays at the gateway until somebody removes it',
    ];
  const mark = 'ours';
  if (
    row.update.by === 'fields' &&
    row.identity.is === 'assigned' &&
    row.identity.key({ spec, mark, name }) === mark
  )
    return [
      'bears nothing at the gateway by which it could be recognised; remove it there, and it is created again',
    ];
  if (row.generates?.isWanted(spec) === true) {
    const { generates } = row;
    const secret = generates.secretName({ spec, name });
    return [
      `spec.${generates.field}: nobody knows the one that the gateway made up; another takes its place, kept in Secret ${secret}`,
    ];
  }
  return [];
}

/** Whoever wrote them meant a Secret of another namespace; we read those of the resource's own alone. */
function foreignNamespaces(spec: unknown): readonly string[] {
  const found: string[] = [];
  walk(spec, (value, steps) => {
    const last = steps.at(-1);
    const namespace = (value as { readonly namespace?: unknown } | null)?.namespace;
    if ((last === 'secretKeyRef' || last === 'configMapKeyRef') && typeof namespace === 'string')
      found.push(
        `spec.${written(steps)}: names namespace ${namespace}, and only the resource's own is read; copy it`,
      );
    return true;
  });
  return found;
}
