import type { SchemaCheck } from '../model/checked.ts';
import type { KindTable } from '../model/kind-table.ts';
import type { Resource } from '../model/resource.ts';
import { indexesOf, parentKey, type IndexName, type ResourceIndexes } from './indexes.ts';
import type { Parent, View } from './input.ts';

/** The part of a view that is about resources: what is asked of it is answered by indexes, whoever keeps them. */
export abstract class IndexedView implements Omit<View, 'annotationsOf' | 'gateways' | 'policies'> {
  protected readonly table: KindTable;
  protected readonly schemas: SchemaCheck;
  readonly #kinds: readonly string[];
  /** Those of which something can answer at an address. */
  readonly #routed: readonly string[];
  readonly #indexes: ReadonlyMap<string, ResourceIndexes>;
  readonly #values = new WeakMap<Resource, Partial<Record<IndexName, readonly string[]>>>();

  constructor({ table, schemas }: { readonly table: KindTable; readonly schemas: SchemaCheck }) {
    this.table = table;
    this.schemas = schemas;
    this.#kinds = table.rows.map(({ kind }) => kind);
    this.#routed = table.rows.filter((row) => row.routes !== undefined).map(({ kind }) => kind);
    this.#indexes = new Map(table.rows.map((row) => [row.kind, indexesOf(row, schemas)]));
  }

  /** What is stored, whether it is being deleted or not. */
  protected abstract stored(kind: string, namespace: string, name: string): Resource | undefined;
  protected abstract indexed(kind: string, index: IndexName, value: string): readonly Resource[];
  /** Of what counts as if it were stored, and is not among it yet, that which is meant. */
  protected abstract held(isMeant: (resource: Resource) => boolean): readonly Resource[];

  find(kind: string, namespace: string, name: string): Resource | undefined {
    const stored = this.stored(kind, namespace, name);
    if (stored !== undefined) return alive([stored])[0];
    return this.held(
      (held) => held.kind === kind && held.metadata.namespace === namespace && held.metadata.name === name,
    )[0];
  }

  inNamespace(kind: string, namespace: string): readonly Resource[] {
    return [
      ...this.by(kind, 'namespace', namespace),
      ...this.held((held) => held.kind === kind && held.metadata.namespace === namespace),
    ];
  }

  below(kind: string, namespace: string, parent: Parent): readonly Resource[] {
    return this.#found([kind], 'parent', parentKey(namespace, parent));
  }

  withName(kind: string, name: string): readonly Resource[] {
    return [
      ...this.by(kind, 'name', name),
      ...this.held((held) => held.kind === kind && held.metadata.name === name),
    ];
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

  /** Under which values something held is found; it is asked for by every review while it is held. */
  #valuesOf(resource: Resource, index: IndexName): readonly string[] {
    const known = this.#values.get(resource) ?? {};
    this.#values.set(resource, known);
    return (known[index] ??= this.#indexes.get(resource.kind)?.[index](resource) ?? []);
  }

  #found(kinds: readonly string[], index: IndexName, value: string): readonly Resource[] {
    return [
      ...kinds.flatMap((kind) => this.by(kind, index, value)),
      ...this.held((held) => kinds.includes(held.kind) && this.#valuesOf(held, index).includes(value)),
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
