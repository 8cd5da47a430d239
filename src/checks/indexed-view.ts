import type { SchemaCheck } from '../model/checked.ts';
import type { KindTable } from '../model/kind-table.ts';
import type { Resource } from '../model/resource.ts';
import { indexesOf, parentKey, type IndexName, type ResourceIndexes } from './indexes.ts';
import type { Parent, View } from './input.ts';

/** The part of a view that is about resources: what is asked of it is answered by indexes, whoever keeps them. */
export abstract class IndexedView implements Omit<View, 'annotationsOf' | 'gateways' | 'policies'> {
  protected readonly table: KindTable;
  protected readonly schemas: SchemaCheck;
  readonly #indexes: ReadonlyMap<string, ResourceIndexes>;
  readonly #values = new WeakMap<Resource, Partial<Record<IndexName, readonly string[]>>>();

  constructor({ table, schemas }: { readonly table: KindTable; readonly schemas: SchemaCheck }) {
    this.table = table;
    this.schemas = schemas;
    this.#indexes = new Map(table.rows.map((row) => [row.kind, indexesOf(row, schemas)]));
  }

  /** What is stored, whether it is being deleted or not. */
  protected abstract stored(kind: string, namespace: string, name: string): Resource | undefined;
  protected abstract indexed(kind: string, index: IndexName, value: string): readonly Resource[];
  /** What counts as if it were stored, and is not among it yet. */
  protected abstract held(): readonly Resource[];

  find(kind: string, namespace: string, name: string): Resource | undefined {
    const stored = this.stored(kind, namespace, name);
    if (stored !== undefined) return alive([stored])[0];
    return this.held().find(
      (held) => held.kind === kind && held.metadata.namespace === namespace && held.metadata.name === name,
    );
  }

  inNamespace(kind: string, namespace: string): readonly Resource[] {
    return [
      ...this.by(kind, 'namespace', namespace),
      ...this.held().filter((held) => held.kind === kind && held.metadata.namespace === namespace),
    ];
  }

  below(kind: string, namespace: string, parent: Parent): readonly Resource[] {
    return this.#everywhere('parent', parentKey(namespace, parent)).filter((child) => child.kind === kind);
  }

  withName(kind: string, name: string): readonly Resource[] {
    return [
      ...this.by(kind, 'name', name),
      ...this.held().filter((held) => held.kind === kind && held.metadata.name === name),
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

  #everywhere(index: IndexName, value: string): readonly Resource[] {
    const found: Resource[] = [];
    for (const { kind } of this.table.rows) found.push(...this.by(kind, index, value));
    for (const held of this.held()) if (this.#valuesOf(held, index).includes(value)) found.push(held);
    return found;
  }
}

/** What is being deleted counts neither as a duplicate nor as something to refer to. */
export function alive(resources: readonly Resource[]): readonly Resource[] {
  return resources.filter(isAlive);
}

function isAlive({ metadata }: Resource): boolean {
  return metadata.deletionTimestamp === undefined;
}
