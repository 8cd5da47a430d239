import { alive, IndexedView } from '../src/checks/indexed-view.ts';
import { indexesOf, type HeldIndex, type IndexName } from '../src/checks/indexes.ts';
import type { View } from '../src/checks/input.ts';
import { customType, namespaceType } from '../src/kube/core-types.ts';
import { createInformer, type Informer, type InformerOptions } from '../src/kube/informer.ts';
import { createScopedInformer } from '../src/kube/scoped-informer.ts';
import type { Scope } from '../src/kube/scope.ts';
import type { KubeClient } from '../src/kube/client.ts';
import type { BareObject, KubeObject, ResourceType } from '../src/kube/resource.ts';
import { enforcementLabel } from '../src/model/annotations.ts';
import type { SchemaCheck } from '../src/model/checked.ts';
import type { Kind } from '../src/model/kind.ts';
import type { KindTable } from '../src/model/kind-table.ts';
import { referenceKey, refersTo } from '../src/model/references.ts';
import type { Resource } from '../src/model/resource.ts';
import { reviewedOnly } from '../src/model/unreviewed.ts';
import type { Clock } from '../src/runtime/clock.ts';
import type { Logger } from '../src/runtime/logger.ts';
import type { PolicyLibrary } from '../src/policies/library.ts';
import { gatewayKey, knownGateway, type KnownGateway } from '../src/selection/gateways.ts';
import type { ReachRules } from '../src/selection/reach.ts';
import { Definitions } from './definitions.ts';
import { isEnforcement, type Enforcement } from '../src/checks/enforcement.ts';
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
export class Cache extends IndexedView implements View {
  readonly reservations: Reservations;
  /** What decides how far the gateways reach. */
  readonly rules: ReachRules;
  readonly #kinds: ReadonlyMap<string, Informer<KubeObject>>;
  readonly #gateways: Informer<KubeObject>;
  /** As long as an APIGateway is not changed, what is known of it is the same; every review asks several times. */
  readonly #known = new WeakMap<object, KnownGateway>();
  readonly #namespaces: Informer<KubeObject>;
  readonly #definitions: Definitions;

  constructor(options: CacheOptions, dependencies: Dependencies) {
    super(dependencies);
    const { gatewayKind, namespace } = options;
    const { client, logger, clock, table, schemas } = dependencies;
    this.#definitions = new Definitions(namespace, dependencies);
    const labelsOf = (name: string) => this.namespace(name)?.metadata.labels;
    this.rules = { reach: options.reach, labelsOf };
    // A kind whose CRD is not installed has no objects; it must not keep the others waiting.
    const steps = { client, logger, clock };
    const informer = (type: ResourceType, how: Partial<InformerOptions<KubeObject>>) =>
      createScopedInformer<KubeObject>(options.scope, { type, optional: true, ...how }, steps);
    const fieldSelector = reviewedOnly;
    const indexes = new Map(table.rows.map((row) => [row.kind, indexesOf(row, schemas)]));
    this.#kinds = new Map(
      table.rows.map((row) => [
        row.kind,
        informer(customType(row), { indexes: indexes.get(row.kind) ?? {}, fieldSelector }),
      ]),
    );
    this.#gateways = informer(customType(gatewayKind), { fieldSelector });
    this.#namespaces = createInformer<KubeObject>({ type: namespaceType }, steps);
    this.reservations = new Reservations({
      clock,
      indexes,
      isStored: ({ kind, metadata }) =>
        this.#kinds.get(kind)?.get(metadata.namespace, metadata.name) !== undefined,
    });
    for (const [kind, informer] of this.#kinds)
      informer.onChange(({ type, object }) => {
        if (type !== 'removed') this.reservations.seen(kind, object.metadata);
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

  /** Every resource of every kind. */
  *all(): Iterable<Resource> {
    for (const informer of this.#kinds.values()) yield* alive([...informer.list()].map(asResource));
    yield* this.reservations.current();
  }

  /** Everything that stays and refers to a resource of its namespace, ordered by kind and name. */
  users(row: Kind, { metadata: { namespace, name }, spec }: Resource): readonly Resource[] {
    const title = this.schemas.check(row, spec).spec === undefined ? undefined : row.title?.(spec);
    const keys = [name, title].flatMap((called) =>
      called === undefined ? [] : [referenceKey(namespace, row.kind, called)],
    );
    const found = this.table.rows.flatMap(({ kind }) =>
      [...new Set(keys.flatMap((key) => this.by(kind, 'refers', key)))].toSorted((one, other) =>
        one.metadata.name < other.metadata.name ? -1 : 1,
      ),
    );
    return found.filter((user) => refersTo(this.table.get(user.kind), user.spec, { row, name, spec }));
  }

  namespace(name: string): KubeObject | undefined {
    return this.#namespaces.get(undefined, name);
  }

  annotationsOf(namespace: string): Readonly<Record<string, string>> {
    return this.namespace(namespace)?.metadata.annotations ?? {};
  }

  gateways(): readonly KnownGateway[] {
    return alive([...this.#gateways.list()].map(asResource)).map((gateway) => {
      const before = this.#known.get(gateway);
      if (before !== undefined) return before;
      const known = knownGateway(gateway, this.rules);
      this.#known.set(gateway, known);
      return known;
    });
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

  protected stored(kind: string, namespace: string, name: string): Resource | undefined {
    const object = this.#kinds.get(kind)?.get(namespace, name);
    return object === undefined ? undefined : asResource(object);
  }

  protected indexed(kind: string, index: IndexName, value: string): readonly Resource[] {
    return (this.#kinds.get(kind)?.by(index, value) ?? []) as unknown as readonly Resource[];
  }

  protected held(kind: string, namespace: string, name: string): Resource | undefined {
    return this.reservations.get(kind, namespace, name);
  }

  protected heldBy(kind: string, index: HeldIndex, value: string): readonly Resource[] {
    return this.reservations.by(kind, index, value);
  }
}

/** An object of a kind of ours has a namespace. */
function asResource(object: KubeObject): Resource {
  return object as unknown as Resource;
}
