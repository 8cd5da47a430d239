import { IndexedView } from '../../src/checks/indexed-view.ts';
import { indexesOf, type IndexName } from '../../src/checks/indexes.ts';
import type { View } from '../../src/checks/input.ts';
import type { KubeObject } from '../../src/kube/resource.ts';
import { Store } from '../../src/kube/store.ts';
import type { SchemaCheck } from '../../src/model/checked.ts';
import type { Generation } from '../../src/model/generation.ts';
import type { KindTable } from '../../src/model/kind-table.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { PolicyLibrary } from '../../src/policies/library.ts';
import { gatewayKey, knownGateway, type KnownGateway } from '../../src/selection/gateways.ts';
import type { ReachRules } from '../../src/selection/reach.ts';
import type { NamespaceObject } from './surroundings.ts';

export interface FilesViewContents {
  /** Later ones replace earlier ones of their name. */
  readonly resources: readonly Resource[];
  readonly gateways: readonly Resource[];
  readonly namespaces: readonly NamespaceObject[];
  readonly reach: ReachRules['reach'];
  /** What gateways speak of which nothing tells it. */
  readonly generation: Generation | undefined;
  libraryOf(gateway: string): PolicyLibrary | undefined;
}

/** What files say, over what a cluster holds, as the webhook would see it once all of it is applied. */
export class FilesView extends IndexedView implements View {
  readonly #stores: ReadonlyMap<string, Store<KubeObject>>;
  readonly #namespaces: ReadonlyMap<string, NamespaceObject>;
  readonly #gateways: readonly KnownGateway[];
  readonly #libraryOf: FilesViewContents['libraryOf'];
  readonly rules: ReachRules;
  /** Whether no gateway is known, so that one is assumed that takes everything. */
  readonly isAssumed: boolean;

  constructor(
    contents: FilesViewContents,
    known: { readonly table: KindTable; readonly schemas: SchemaCheck },
  ) {
    super(known);
    this.#stores = new Map(
      known.table.rows.map((row) => [row.kind, new Store<KubeObject>(indexesOf(row, known.schemas))]),
    );
    for (const resource of contents.resources)
      this.#stores.get(resource.kind)?.put(resource as unknown as KubeObject);
    this.#namespaces = new Map(contents.namespaces.map((namespace) => [namespace.metadata.name, namespace]));
    this.rules = { reach: contents.reach, labelsOf: (name) => this.labelsOf(name) };
    const { generation } = contents;
    const gateways = new Map(
      contents.gateways.map((gateway) => [
        gatewayKey(gateway.metadata),
        withGeneration(knownGateway(gateway, this.rules), generation),
      ]),
    );
    this.isAssumed = gateways.size === 0;
    this.#gateways = this.isAssumed ? [assumed(generation)] : [...gateways.values()];
    this.#libraryOf = (gateway) => contents.libraryOf(gateway);
  }

  /** Every resource of every kind. */
  *all(): Iterable<Resource> {
    for (const store of this.#stores.values())
      for (const object of store.list()) yield object as unknown as Resource;
  }

  annotationsOf(namespace: string): Readonly<Record<string, string>> {
    return this.#namespaces.get(namespace)?.metadata.annotations ?? {};
  }

  labelsOf(namespace: string): Readonly<Record<string, string>> {
    return this.#namespaces.get(namespace)?.metadata.labels ?? {};
  }

  gateways(): readonly KnownGateway[] {
    return this.#gateways;
  }

  policies(gateway: KnownGateway): PolicyLibrary | undefined {
    return this.#libraryOf(gatewayKey(gateway));
  }

  protected stored(kind: string, namespace: string, name: string): Resource | undefined {
    return this.#stores.get(kind)?.get(namespace, name) as Resource | undefined;
  }

  protected indexed(kind: string, index: IndexName, value: string): readonly Resource[] {
    return (this.#stores.get(kind)?.by(index, value) ?? []) as unknown as readonly Resource[];
  }

  protected held(): undefined {
    return undefined;
  }

  protected heldBy(): readonly Resource[] {
    return [];
  }
}

function withGeneration(gateway: KnownGateway, generation: Generation | undefined): KnownGateway {
  return { ...gateway, generation: gateway.generation ?? generation };
}

/** Stands for the gateways that nothing is known of: whatever two resources may not share, they may not share there. */
function assumed(generation: Generation | undefined): KnownGateway {
  return {
    namespace: 'any',
    name: 'gateway',
    labels: {},
    selector: { scope: 'Cluster' },
    mayTakeFrom: () => true,
    generation,
    builtIn: undefined,
    quotaBelowParent: 10,
    allowsRecreate: false,
  };
}
