import { fingerprintOf, fixedDigests } from '../../src/compare/fingerprint.ts';
import type { Wanted } from '../../src/compare/plan.ts';
import { pathOf, type Place } from '../../src/gateway/management-client.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import type { CheckedSpec } from '../../src/model/checked.ts';
import { documentOf, type DocumentInput } from '../../src/model/document.ts';
import type { Generation } from '../../src/model/generation.ts';
import type { Kind } from '../../src/model/kind.ts';
import { markOf } from '../../src/model/mark.ts';
import { partOf } from '../../src/model/item.ts';
import { PerValue } from '../../src/model/per-value.ts';
import { referencesOf } from '../../src/model/references.ts';
import { sourcesOf } from '../../src/model/spec-secrets.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Sensitive } from '../../src/runtime/sensitive.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';
import type { StoredGateway, Subject } from '../cluster/stored.ts';
import { generatedKey, type GeneratedKey } from './generated-key.ts';
import type { Outcome } from './outcome.ts';
import { renderedSecrets, type ReferenceSteps } from './references.ts';
import type { ValueReader } from '../../src/kube/value-reader.ts';
import { resolve } from './values.ts';

/** What names this installation, and keeps its fingerprints from being guessed. */
export interface Installation {
  /** The uid of the namespace kube-system. */
  readonly cluster: string;
  readonly fingerprintKey: Sensitive;
}

export interface WantedSteps extends ReferenceSteps {
  readonly client: KubeClient;
  readonly values: ValueReader;
  readonly clock: Clock;
  readonly installation: Installation;
}

/** What is to stand at a gateway, and where. */
export interface Target {
  readonly wanted: Wanted;
  readonly place: Place;
  /** The last step of its path; the natural key for kinds whose ids are assigned. */
  readonly id: string;
  /** Values that no message may repeat. */
  readonly hide: readonly string[];
  /** Whether another resource of the kind is known to stand there under an id. */
  isClaimed(id: string): boolean;
}

export type TargetResult =
  | { readonly target: Target; readonly obstacle?: never }
  | { readonly target?: never; readonly obstacle: Obstacle };

/** Why there is nothing to send yet. */
export type Obstacle =
  | {
      readonly is: 'waiting';
      readonly reason: 'ValueNotFound';
      readonly message: string;
      readonly wokenBy: 'time';
    }
  | {
      readonly is: 'refused';
      readonly reason: Extract<Outcome, { is: 'refused' }>['reason'];
      readonly message: string;
    };

/** Builds what a gateway should hold of a resource: its document, the place for it and its fingerprint. */
export async function targetOf(
  subject: Subject,
  spec: CheckedSpec,
  gateway: StoredGateway,
  generation: Generation,
  steps: WantedSteps,
): Promise<TargetResult> {
  const { row, resource } = subject;
  const key = gatewayKey(gateway.metadata);
  const { installation } = steps;
  const at = (wanted: Wanted, hide: readonly string[]): TargetResult => ({
    target: {
      wanted,
      place: placeOf(subject, spec, steps),
      id: wanted.key ?? resource.metadata.name,
      hide,
      isClaimed: (id) => isClaimed(subject, id, key, steps),
    },
  });
  if (standsAlone(row, spec)) {
    const kept = alone.of(installation, '', () => new PerValue<Wanted>());
    const parts = { full: spec, generation, rendered: [], idOf: () => undefined };
    return at(
      kept.of(resource, generation, () => wantedOf(subject, parts, installation)),
      [],
    );
  }

  const resolved = await resolve(subject, spec, steps.values);
  if (resolved.missing !== undefined) {
    return {
      obstacle: { is: 'waiting', reason: 'ValueNotFound', message: resolved.missing, wokenBy: 'time' },
    };
  }
  let full = resolved.spec;
  const hide = [...resolved.secrets];
  if (row.generates?.isWanted(spec) === true) {
    const made = await generatedKey(subject, row.generates, spec, steps.client);
    if (made.fault !== undefined) return { obstacle: obstacleOf(made) };
    full = { ...(full as object), [row.generates.field]: made.value };
    hide.push(made.value);
  }
  const expiresAt = expiryOf(subject, spec, steps);
  if (expiresAt !== undefined && Date.parse(expiresAt) <= steps.clock.now().getTime()) {
    return { obstacle: { is: 'refused', reason: 'Expired', message: `it has expired at ${expiresAt}` } };
  }
  const idOf = (kind: string, of: string) => assignedId(subject, kind, of, key, steps);
  const rendered = renderedSecrets(subject, key, steps);
  return at(wantedOf(subject, { full, generation, expiresAt, rendered, idOf }, installation), hide);
}

/** What stands alone comes to the same at every gateway of a generation, as long as it is not changed. */
const alone = new PerValue<PerValue<Wanted>>();

/** Whether nothing outside a resource has a part in what is sent of it: no value, no other resource, no moment. */
function standsAlone(row: Kind, spec: CheckedSpec): boolean {
  return (
    row.generates === undefined &&
    row.lifetimeSeconds === undefined &&
    sourcesOf(row, spec).length === 0 &&
    referencesOf(row, spec).length === 0
  );
}

interface Parts extends Pick<DocumentInput, 'generation' | 'expiresAt' | 'idOf'> {
  /** The spec with everything from outside in its place. */
  readonly full: unknown;
  readonly rendered: readonly string[];
}

function wantedOf(
  { row, resource }: Subject,
  { full, rendered, ...parts }: Parts,
  { cluster, fingerprintKey }: Installation,
): Wanted {
  const { namespace, name, labels = {}, annotations = {} } = resource.metadata;
  const mark = markOf({ cluster, kind: row.kind, namespace, name });
  const document = documentOf(row, { name, labels, annotations, spec: full, mark, ...parts });
  return {
    document,
    mark,
    key: row.identity.is === 'assigned' ? row.identity.key({ spec: full, mark, name }) : undefined,
    fingerprint: fingerprintOf(row, document, rendered, fingerprintKey),
    fixed: fixedDigests(row, document, mark, fingerprintKey),
    renders: rendered.length > 0,
  };
}

function isClaimed({ row, resource }: Subject, id: string, gateway: string, { cluster, book }: WantedSteps) {
  for (const other of cluster.ofKind(row))
    if (other.metadata.uid !== resource.metadata.uid && book.entry(other, gateway)?.id === id) return true;
  return false;
}

function obstacleOf({ fault: message, passes }: Extract<GeneratedKey, { fault: string }>): Obstacle {
  return passes
    ? { is: 'waiting', reason: 'ValueNotFound', message, wokenBy: 'time' }
    : { is: 'refused', reason: 'Taken', message };
}

/** The collection in which a resource stands. */
export function placeOf(
  { row }: Subject,
  spec: CheckedSpec,
  { cluster }: Pick<WantedSteps, 'cluster'>,
): Place {
  if (row.identity.is !== 'nested') return { row };
  const parent = row.identity.parent(spec);
  return { row, parent: pathOf(cluster.table.get(parent.kind), parent.name) };
}

/** When it ends: as the spec says or, for a lifetime, as it was fixed the first time. */
function expiryOf(
  { row, resource }: Subject,
  spec: CheckedSpec,
  { book, clock }: WantedSteps,
): string | undefined {
  const seconds = row.lifetimeSeconds?.(spec);
  if (row.lifetimeSeconds === undefined) return undefined;
  if (seconds !== undefined) {
    return book.expiry(resource, () => new Date(clock.now().getTime() + seconds * 1000).toISOString());
  }
  const given = partOf(spec, 'expiresAt');
  return typeof given === 'string' ? given : undefined;
}

/** The id of a referenced resource at a gateway: its own name, or what the gateway gave. */
function assignedId(
  { resource }: Subject,
  kind: string,
  name: string,
  gateway: string,
  { cluster, book }: WantedSteps,
): string | undefined {
  const reference = { path: '', kinds: [kind], name, by: 'key' as const };
  const referent = cluster.referent(resource.metadata.namespace, reference);
  if (referent === undefined) return undefined;
  return referent.row.identity.is === 'assigned'
    ? book.entry(referent.resource, gateway)?.id
    : referent.resource.metadata.name;
}
