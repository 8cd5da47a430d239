import { artifactId } from '../model/annotations.ts';
import type { SchemaCheck } from '../model/checked.ts';
import type { Kind } from '../model/kind.ts';
import { referenceKey, referencesOf } from '../model/references.ts';
import { routeKey } from './duplicates.ts';
import type { Parent } from './input.ts';
import { parentOf } from './siblings.ts';

/** By what duplicates and references are found. */
export type IndexName = 'namespace' | 'name' | 'title' | 'refers' | 'route' | 'parent' | 'artifact';

/** By what creations are found that are not seen yet. Nobody asks what they refer to. */
export type HeldIndex = Exclude<IndexName, 'refers'>;

/** A resource as far as it is indexed, whoever stores it. */
export interface Indexed {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
}

export type ResourceIndexes = Readonly<Record<IndexName, (object: Indexed) => readonly string[]>>;

/** The values under which an instance of a kind is found. An object that its schema refuses has a name only. */
export function indexesOf(row: Kind, schemas: SchemaCheck): ResourceIndexes {
  const of = (object: Indexed, read: (spec: unknown) => readonly (string | undefined)[]) => {
    const { spec } = schemas.check(row, object.spec);
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

/** Under which the index `parent` lists what stands below one resource. */
export function parentKey(namespace: string, { kind, name }: Parent): string {
  return referenceKey(namespace, kind, name);
}
