import { parentOf } from '../src/checks/siblings.ts';
import { routeKey } from '../src/checks/duplicates.ts';
import type { Parent, View } from '../src/checks/input.ts';
import { customType, namespaceType } from '../src/kube/core-types.ts';
import { createInformer, type Informer, type InformerOptions } from '../src/kube/informer.ts';
import { createScopedInformer } from '../src/kube/scoped-informer.ts';
import type { Scope } from '../src/kube/scope.ts';
import type { KubeClient } from '../src/kube/client.ts';
import { isTerminating, type BareObject, type KubeObject, type ResourceType } from '../src/kube/resource.ts';
import { artifactId, enforcementLabel } from '../src/model/annotations.ts';
import type { SchemaCheck } from '../src/model/checked.ts';
import type { Kind } from '../src/model/kind.ts';
import type { KindTable } from '../src/model/kind-table.ts';
import { referenceKey, referencesOf, refersTo } from '../src/model/references.ts';
import type { Resource } from '../src/model/resource.ts';
import { reviewedOnly } from '../src/model/unreviewed.ts';
import type { Clock } from '../src/runtime/clock.ts';
import type { Logger } from '../src/runtime/logger.ts';
import type { PolicyLibrary } from '../src/policies/library.ts';
import { gatewayKey, knownGateway, type KnownGateway } from '../src/selection/gateways.ts';
import type { ReachRules } from '../src/selection/reach.ts';
import { Definitions } from './definitions.ts';
import { isEnforcement, type Enforcement } from './enforcement.ts';
import { Reservations } from './reservations.ts';

interface Dependencies {
  readonly client: KubeClient;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly table: KindTable;
  readonly schemas: SchemaCheck;
}

export interface CacheOptions {
  /** Our own, where what the gateways have loaded is kept. */
  readonly namespace: string;
  readonly gatewayKind: { readonly kind: string; readonly plural: string };
  readonly reach: ReachRules['reach'];
  readonly scope: Scope;
}

/** What admission knows of the cluster without asking: informers for every kind, and what was just let through. */
export class Cache implements View {
  readonly reservations: Reservations;
  /** What decides how far the gateways reach. */
  readonly rules: ReachRules;
  readonly #table: KindTable;
  readonly #schemas: SchemaCheck;
  readonly #kinds: ReadonlyMap<string, Informer<KubeObject>>;
  readonly #gateways: Informer<KubeObject>;
  readonly #namespaces: Informer<KubeObject>;
  readonly #definitions: Definitions;

  constructor(options: CacheOptions, dependencies: Dependencies) {
    const { gatewayKind, namespace } = options;
    const { client, logger, clock, table } = dependencies;
    this.#definitions = new Definitions(namespace, dependencies);
    const labelsOf = (name: string) => this.namespace(name)?.metadata.labels;
    this.rules = { reach: options.reach, labelsOf };
    this.#table = table;
    this.#schemas = dependencies.schemas;
    // A kind whose CRD is not installed has no objects; it must not keep the others waiting.
    const steps = { client, logger, clock };
    const informer = (type: ResourceType, how: Partial<InformerOptions<KubeObject>>) =>
      createScopedInformer<KubeObject>(options.scope, { type, optional: true, ...how }, steps);
    const fieldSelector = reviewedOnly;
    this.#kinds = new Map(
      table.rows.map((row) => [
        row.kind,
        informer(customType(row), { indexes: this.#indexesOf(row), fieldSelector }),
      ]),
    );
    this.#gateways = informer(customType(gatewayKind), { fieldSelector });
    this.#namespaces = createInformer<KubeObject>({ type: namespaceType }, steps);
    this.reservations = new Reservations({
      clock,
      isStored: ({ kind, metadata }) =>
        this.#kinds.get(kind)?.get(metadata.namespace, metadata.name) !== undefined,
    });
  }

  /** Runs until the signal; every informer restarts by itself. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#all().map((informer) => informer.run(signal)));
  }

  /** Plurals of the kinds that have not been listed yet; empty once everything has. */
  unsynced(): readonly string[] {
    return this.#all()
      .filter(({ hasSynced }) => !hasSynced)
      .map(({ type }) => type.plural);
  }

  find(kind: string, namespace: string, name: string): Resource | undefined {
    const stored = this.#kinds.get(kind)?.get(namespace, name);
    if (stored !== undefined) return alive([stored])[0];
    return this.#held(
      (held) => held.kind === kind && held.metadata.namespace === namespace && held.metadata.name === name,
    )[0];
  }

  /** Every resource of every kind. */
  *all(): Iterable<Resource> {
    for (const informer of this.#kinds.values()) yield* alive([...informer.list()]);
    yield* this.#held(() => true);
  }

  inNamespace(kind: string, namespace: string): readonly Resource[] {
    return [
      ...this.#by(kind, 'namespace', namespace),
      ...this.#held((held) => held.kind === kind && held.metadata.namespace === namespace),
    ];
  }

  below(kind: string, namespace: string, parent: Parent): readonly Resource[] {
    return this.#everywhere('parent', parentKey(namespace, parent)).filter((child) => child.kind === kind);
  }

  withName(kind: string, name: string): readonly Resource[] {
    return [
      ...this.#by(kind, 'name', name),
      ...this.#held((held) => held.kind === kind && held.metadata.name === name),
    ];
  }

  withTitle(kind: string, title: string): readonly Resource[] {
    return this.#everywhere('title', title).filter((resource) => resource.kind === kind);
  }

  withRoute(route: string): readonly Resource[] {
    return this.#everywhere('route', route);
  }

  withArtifactId(id: string): readonly Resource[] {
    return this.#everywhere('artifact', id);
  }

  leaving(kind: string, namespace: string): readonly Resource[] {
    const stored = this.#kinds.get(kind)?.by('namespace', namespace) ?? [];
    return stored.filter(isTerminating).map((object) => object as unknown as Resource);
  }

  /** Everything that stays and refers to a resource of its namespace, ordered by kind and name. */
  users(row: Kind, { metadata: { namespace, name }, spec }: Resource): readonly Resource[] {
    const title = this.#schemas.check(row, spec).spec === undefined ? undefined : row.title?.(spec);
    const keys = [name, title].flatMap((called) =>
      called === undefined ? [] : [referenceKey(namespace, row.kind, called)],
    );
    const found = this.#table.rows.flatMap(({ kind }) =>
      [...new Set(keys.flatMap((key) => this.#by(kind, 'refers', key)))].toSorted((one, other) =>
        one.metadata.name < other.metadata.name ? -1 : 1,
      ),
    );
    return found.filter((user) => refersTo(this.#table.get(user.kind), user.spec, { row, name, spec }));
  }

  namespace(name: string): KubeObject | undefined {
    return this.#namespaces.get(undefined, name);
  }

  annotationsOf(namespace: string): Readonly<Record<string, string>> {
    return this.namespace(namespace)?.metadata.annotations ?? {};
  }

  gateways(): readonly KnownGateway[] {
    return alive([...this.#gateways.list()]).map((gateway) => knownGateway(gateway, this.rules));
  }

  policies(gateway: KnownGateway): PolicyLibrary | undefined {
    return this.#definitions.of(gatewayKey(gateway));
  }

  /** What a namespace's label says, if anything that is known. */
  enforcement(namespace: string): Enforcement | undefined {
    const label = this.namespace(namespace)?.metadata.labels?.[enforcementLabel];
    return isEnforcement(label) ? label : undefined;
  }

  #all(): readonly Pick<Informer<BareObject>, 'run' | 'hasSynced' | 'type'>[] {
    return [...this.#kinds.values(), this.#gateways, this.#namespaces, this.#definitions.informer];
  }

  #by(kind: string, index: string, value: string): readonly Resource[] {
    return alive(this.#kinds.get(kind)?.by(index, value) ?? []);
  }

  #everywhere(index: string, value: string): readonly Resource[] {
    const stored = this.#table.rows.flatMap(({ kind }) => this.#by(kind, index, value));
    const held = this.#held((resource) => {
      const row = this.#table.find(resource.kind);
      return (
        row !== undefined && (this.#indexesOf(row)[index]?.(resource as KubeObject) ?? []).includes(value)
      );
    });
    return [...stored, ...held];
  }

  #held(matches: (resource: Resource) => boolean): readonly Resource[] {
    return this.reservations.current().filter(matches);
  }

  /** By what duplicates and references are found. An object that its schema refuses has a name only. */
  #indexesOf(row: Kind): Record<string, (object: KubeObject) => readonly string[]> {
    const of = (object: KubeObject, read: (spec: unknown) => readonly (string | undefined)[]) => {
      const { spec } = this.#schemas.check(row, object.spec);
      return spec === undefined ? [] : read(spec).filter((value) => value !== undefined);
    };
    return {
      namespace: ({ metadata }) => [metadata.namespace ?? ''],
      name: ({ metadata }) => [metadata.name],
      title: (object) => of(object, (spec) => [row.title?.(spec)]),
      refers: (object) =>
        of(object, (spec) =>
          referencesOf(row, spec).flatMap(({ kinds, name }) =>
            kinds.map((kind) => referenceKey(object.metadata.namespace ?? '', kind, name)),
          ),
        ),
      route: (object) => of(object, (spec) => (row.routes?.(spec) ?? []).map(routeKey)),
      parent: (object) =>
        of(object, (spec) => {
          const parent = parentOf(row, spec);
          return parent === undefined ? [] : [parentKey(object.metadata.namespace ?? '', parent)];
        }),
      artifact: ({ metadata }) => [metadata.annotations?.[artifactId]].filter((id) => id !== undefined),
    };
  }
}

function parentKey(namespace: string, { kind, name }: Parent): string {
  return referenceKey(namespace, kind, name);
}

/** What is being deleted counts neither as a duplicate nor as something to refer to. */
function alive(objects: readonly KubeObject[]): readonly Resource[] {
  return objects.filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined,
  ) as unknown as readonly Resource[];
}
