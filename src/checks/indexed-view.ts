import type { SchemaCheck } from '../model/checked.ts';
import type { KindTable } from '../model/kind-table.ts';
import type { Resource } from '../model/resource.ts';
import { parentKey, type HeldIndex, type IndexName } from './indexes.ts';
import type { Parent, View } from './input.ts';

/** The part of a view that is about resources: what is asked of it is answered by indexes, whoever keeps them. */
export abstract class IndexedView implements Omit<View, 'annotationsOf' | 'gateways' | 'policies'> {
  protected readonly table: KindTable;
  protected readonly schemas: SchemaCheck;
  readonly #kinds: readonly string[];
  /** Those of which something can answer at an address. */
  readonly #routed: readonly string[];

  constructor({ table, schemas }: { readonly table: KindTable; readonly schemas: SchemaCheck }) {
    this.table = table;
    this.schemas = schemas;
    this.#kinds = table.rows.map(({ kind }) => kind);
    this.#routed = table.rows.filter((row) => row.routes !== undefined).map(({ kind }) => kind);
  }

  /** What is stored, whether it is being deleted or not. */
  protected abstract stored(kind: string, namespace: string, name: string): Resource | undefined;
  protected abstract indexed(kind: string, index: IndexName, value: string): readonly Resource[];
  /** What counts as if it were stored, and is not among it yet: that of a name, and what an index puts under a value. */
  protected abstract held(kind: string, namespace: string, name: string): Resource | undefined;
  protected abstract heldBy(kind: string, index: HeldIndex, value: string): readonly Resource[];

  find(kind: string, namespace: string, name: string): Resource | undefined {
    const stored = this.stored(kind, namespace, name);
    if (stored !== undefined) return alive([stored])[0];
    return this.held(kind, namespace, name);
  }

  inNamespace(kind: string, namespace: string): readonly Resource[] {
    return this.#found([kind], 'namespace', namespace);
  }

  below(kind: string, namespace: string, parent: Parent): readonly Resource[] {
    return this.#found([kind], 'parent', parentKey(namespace, parent));
  }

  withName(kind: string, name: string): readonly Resource[] {
    return this.#found([kind], 'name', name);
  }

  withTitle(kind: string, title: string): readonly Resource[] {
    return this.#found([kind], 'title', title);
  }

  withRoute(route: string): readonly Resource[] {
    return this.#found(this.#routed, 'route', route);
  }

  withArtifactId(id: string): readonly Resource[] {
    return this.#found(this.#kinds, 'artifact', id);
  }

  leaving(kind: string, namespace: string): readonly Resource[] {
    return this.indexed(kind, 'namespace', namespace).filter((resource) => !isAlive(resource));
  }

  /** Those of a kind that an index names and that stay. */
  protected by(kind: string, index: IndexName, value: string): readonly Resource[] {
    return alive(this.indexed(kind, index, value));
  }

  #found(kinds: readonly string[], index: HeldIndex, value: string): readonly Resource[] {
    return [
      ...kinds.flatMap((kind) => this.by(kind, index, value)),
      ...kinds.flatMap((kind) => this.heldBy(kind, index, value)),
    ];
  }
}

/** What is being deleted counts neither as a duplicate nor as something to refer to. */
export function alive(resources: readonly Resource[]): readonly Resource[] {
  return resources.filter(isAlive);
}

function isAlive({ metadata }: Resource): boolean {
  return metadata.deletionTimestamp === undefined;
}
