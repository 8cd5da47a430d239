import { type BareObject, key, keyOf } from './resource.ts';

export interface Change<T> {
  readonly type: 'added' | 'changed' | 'removed';
  /** As it is now; if removed, as it was last. */
  readonly object: T;
  /** As it was before, if it was. */
  readonly before?: T;
}

/** For each index, by its name, the values under which an object is found. */
export type Indexes<T> = Readonly<Record<string, (object: T) => readonly string[]>>;

/** Objects by key and by the values of their indexes. Every method that changes it returns what changed. */
export class Store<T extends BareObject> {
  readonly #indexes: Indexes<T>;
  readonly #objects = new Map<string, T>();
  /** Index → value → key → object. */
  readonly #found = new Map<string, Map<string, Map<string, T>>>();

  constructor(indexes: Indexes<T>) {
    this.#indexes = indexes;
    for (const index of Object.keys(indexes)) this.#found.set(index, new Map());
  }

  get(namespace: string | undefined, name: string): T | undefined {
    return this.#objects.get(keyOf(namespace, name));
  }

  list(): Iterable<T> {
    return this.#objects.values();
  }

  by(index: string, value: string): readonly T[] {
    const values = this.#found.get(index);
    if (!values) throw new Error(`there is no index "${index}"`);
    return [...(values.get(value)?.values() ?? [])];
  }

  put(object: T): readonly Change<T>[] {
    const before = this.#objects.get(key(object));
    if (before && isSame(before, object)) return [];
    if (before) this.#forget(before);
    this.#remember(object);
    return [before ? { type: 'changed', object, before } : { type: 'added', object }];
  }

  remove(object: T): readonly Change<T>[] {
    const before = this.#objects.get(key(object));
    if (!before) return [];
    this.#forget(before);
    return [{ type: 'removed', object: before, before }];
  }

  /** Makes `objects` all there is. */
  replace(objects: readonly T[]): readonly Change<T>[] {
    const keep = new Set(objects.map(key));
    const gone = [...this.#objects.values()].filter((object) => !keep.has(key(object)));
    return [
      ...gone.flatMap((object) => this.remove(object)),
      ...objects.flatMap((object) => this.put(object)),
    ];
  }

  #remember(object: T): void {
    this.#objects.set(key(object), object);
    for (const [values, value] of this.#places(object)) {
      const objects = values.get(value) ?? new Map<string, T>();
      values.set(value, objects.set(key(object), object));
    }
  }

  #forget(object: T): void {
    this.#objects.delete(key(object));
    for (const [values, value] of this.#places(object)) {
      const objects = values.get(value);
      objects?.delete(key(object));
      if (objects?.size === 0) values.delete(value);
    }
  }

  #places(object: T): (readonly [Map<string, Map<string, T>>, string])[] {
    return [...this.#found].flatMap(([index, values]) =>
      (this.#indexes[index]?.(object) ?? []).map((value) => [values, value] as const),
    );
  }
}

/** A resourceVersion names one state of one object; a namesake made later has another uid as well. */
function isSame(one: BareObject, other: BareObject): boolean {
  const { resourceVersion, uid } = one.metadata;
  return (
    resourceVersion !== undefined &&
    resourceVersion === other.metadata.resourceVersion &&
    uid === other.metadata.uid
  );
}
