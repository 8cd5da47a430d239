import type { IndexName, ResourceIndexes } from '../src/checks/indexes.ts';
import { Store } from '../src/kube/store.ts';
import type { BareObject } from '../src/kube/resource.ts';
import type { Resource } from '../src/model/resource.ts';
import type { Clock } from '../src/runtime/clock.ts';

/** How long a creation that was let through counts without having been seen, in ms. */
const holdMs = 15_000;

interface Named {
  readonly namespace?: string;
  readonly name: string;
}

interface Dependencies {
  readonly clock: Clock;
  /** By their kinds, the values under which resources are found. */
  readonly indexes: ReadonlyMap<string, ResourceIndexes>;
  isStored(resource: Resource): boolean;
}

/**
 * Creations that were let through and that the informers don't show yet. Without them two creations of one handle
 * at the same moment would both be admitted by the same replica. They are found as what is stored is, by indexes: every
 * review asks, and in a burst of creations many are held.
 */
export class Reservations {
  readonly #deps: Dependencies;
  readonly #held: ReadonlyMap<string, Store<BareObject>>;
  /** Until when each counts, by the monotonic clock; the oldest first. */
  readonly #until = new Map<string, { readonly resource: Resource; readonly at: number }>();

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
    this.#held = new Map(
      [...dependencies.indexes].map(([kind, indexes]) => [kind, new Store<BareObject>(indexes)]),
    );
  }

  /** What has waited too long is forgotten on the way. */
  hold(resource: Resource): void {
    const now = this.#deps.clock.monotonicMs();
    for (const { resource: old, at } of this.#until.values()) {
      if (at > now) break;
      this.seen(old.kind, old.metadata);
    }
    this.seen(resource.kind, resource.metadata);
    this.#held.get(resource.kind)?.put(asObject(resource));
    this.#until.set(keyOf(resource.kind, resource.metadata), { resource, at: now + holdMs });
  }

  /** The informers show it, so that it counts no more, whatever becomes of it. */
  seen(kind: string, metadata: Named): void {
    const key = keyOf(kind, metadata);
    const held = this.#until.get(key);
    if (held === undefined) return;
    this.#until.delete(key);
    this.#held.get(kind)?.remove(asObject(held.resource));
  }

  /** Those that still count. */
  current(): readonly Resource[] {
    return [...this.#until.values()].map(({ resource }) => resource).filter((held) => this.#counts(held));
  }

  /** That of a name, if it still counts. */
  get(kind: string, namespace: string, name: string): Resource | undefined {
    const held = this.#until.get(keyOf(kind, { namespace, name }))?.resource;
    return held !== undefined && this.#counts(held) ? held : undefined;
  }

  /** Those of a kind that an index puts under a value and that still count. */
  by(kind: string, index: IndexName, value: string): readonly Resource[] {
    const found = this.#held.get(kind)?.by(index, value) ?? [];
    return found.length === 0 ? [] : found.map(asResource).filter((held) => this.#counts(held));
  }

  #counts(resource: Resource): boolean {
    const { at = 0 } = this.#until.get(keyOf(resource.kind, resource.metadata)) ?? {};
    return at > this.#deps.clock.monotonicMs() && !this.#deps.isStored(resource);
  }
}

function keyOf(kind: string, { namespace = '', name }: Named): string {
  return `${kind}/${namespace}/${name}`;
}

function asObject(resource: Resource): BareObject {
  return resource as unknown as BareObject;
}

function asResource(object: BareObject): Resource {
  return object as unknown as Resource;
}
