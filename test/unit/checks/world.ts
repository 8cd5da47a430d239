import { isDeepStrictEqual } from 'node:util';
import { findingsOf, type Told } from '../../../src/checks/checks.ts';
import { parentOf } from '../../../src/checks/siblings.ts';
import type { FoundKey, SiblingSecret, View } from '../../../src/checks/input.ts';
import { routeKey } from '../../../src/checks/duplicates.ts';
import { table } from '../../../src/kinds/table.ts';
import { artifactId } from '../../../src/model/annotations.ts';
import { SchemaCheck } from '../../../src/model/checked.ts';
import type { Resource } from '../../../src/model/resource.ts';
import { sentence } from '../../../src/model/violation.ts';
import type { PolicyLibrary } from '../../../src/policies/library.ts';
import { gatewayKey, type KnownGateway } from '../../../src/selection/gateways.ts';

const schemas = new SchemaCheck();

export function resource(
  kind: string,
  name: string,
  spec: unknown,
  more: Partial<Resource['metadata']> = {},
): Resource {
  return { kind, metadata: { name, namespace: 'shop', uid: `${kind}-${name}`, ...more }, spec };
}

export const gateway = (name: string, more: Partial<KnownGateway> = {}): KnownGateway => ({
  namespace: 'gateways',
  name,
  selector: { scope: 'Cluster' },
  labels: {},
  generation: 'v0.9',
  builtIn: undefined,
  quotaBelowParent: 10,
  allowsRecreate: false,
  mayTakeFrom: () => true,
  ...more,
});

export interface World {
  readonly gateways?: readonly KnownGateway[];
  readonly resources?: readonly Resource[];
  readonly keys?: readonly FoundKey[];
  readonly old?: Resource;
  /** What the gateways have loaded, by `namespace/name`; one that is not listed is not known. */
  readonly policies?: Readonly<Record<string, PolicyLibrary>>;
  readonly enforcement?: 'Deny' | 'Warn';
  readonly inlineSecrets?: 'Deny' | 'Warn';
  readonly siblings?: readonly SiblingSecret[];
  readonly now?: Date;
  /** What stands on the namespace of everything. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A view over a plain list: what the informers would hold. */
function viewOf(
  all: readonly Resource[],
  gateways: readonly KnownGateway[],
  policies: Readonly<Record<string, PolicyLibrary>>,
  annotations: Readonly<Record<string, string>>,
): View {
  const isLeaving = ({ metadata }: Resource) => metadata.deletionTimestamp !== undefined;
  const resources = all.filter((held) => !isLeaving(held));
  const row = ({ kind }: Resource) => table.get(kind);
  return {
    find: (kind, namespace, name) =>
      resources.find(
        (held) => held.kind === kind && held.metadata.namespace === namespace && held.metadata.name === name,
      ),
    inNamespace: (kind, namespace) =>
      resources.filter((held) => held.kind === kind && held.metadata.namespace === namespace),
    below: (kind, namespace, parent) =>
      resources.filter((held) => {
        return (
          held.kind === kind &&
          held.metadata.namespace === namespace &&
          isDeepStrictEqual(parentOf(row(held), held.spec), parent)
        );
      }),
    leaving: (kind, namespace) =>
      all.filter((held) => isLeaving(held) && held.kind === kind && held.metadata.namespace === namespace),
    withName: (kind, name) => resources.filter((held) => held.kind === kind && held.metadata.name === name),
    withTitle: (kind, title) =>
      resources.filter((held) => held.kind === kind && row(held).title?.(held.spec) === title),
    withRoute: (route) =>
      resources.filter((held) => (row(held).routes?.(held.spec) ?? []).map(routeKey).includes(route)),
    withArtifactId: (id) => resources.filter((held) => held.metadata.annotations?.[artifactId] === id),
    annotationsOf: () => annotations,
    gateways: () => gateways,
    policies: (one) => policies[gatewayKey(one)],
  };
}

export function judge(object: Resource, world: World = {}): readonly Told[] {
  const {
    gateways = [gateway('one')],
    resources = [],
    keys = [],
    old,
    enforcement = 'Deny',
    inlineSecrets = 'Warn',
    siblings = [],
    now = new Date(),
    policies = {},
    annotations = {},
  } = world;
  return findingsOf(
    { row: table.get(object.kind), object, old, enforcement, inlineSecrets },
    { keys, confirmed: new Set(), siblings, now },
    { table, schemas, view: viewOf(resources, gateways, policies, annotations) },
  );
}

/** The sentences by which an object is refused. */
export function denials(object: Resource, world: World = {}): readonly string[] {
  return judge(object, world)
    .filter(({ verdict }) => verdict === 'deny')
    .map(sentence);
}

export function warnings(object: Resource, world: World = {}): readonly string[] {
  return judge(object, world)
    .filter(({ verdict }) => verdict === 'warn')
    .map(sentence);
}
