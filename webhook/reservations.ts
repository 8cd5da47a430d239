import type { HeldIndex, ResourceIndexes } from '../src/checks/indexes.ts';
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

interface Held {
  readonly resource: Resource;
  /** Until when it counts, by the monotonic clock. */
  readonly until: number;
  /** Where it is found. */
  readonly places: readonly string[];
}

const heldIndexes: readonly HeldIndex[] = ['namespace', 'name', 'title', 'route', 'parent', 'artifact'];

/**
 * Creations that were let through and that the informers don't show yet. Without them two creations of one handle
 * at the same moment would both be admitted by the same replica. They are found as what is stored is, by indexes: every
 * review asks, and in a burst of creations many are held.
 */
export class Reservations {
  readonly #deps: Dependencies;
  /** By kind, namespace and name; the oldest first. */
  readonly #held = new Map<string, Held>();
  readonly #places = new Map<string, Set<Resource>>();

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
  }

  /** What has waited too long is forgotten on the way. */
  hold(resource: Resource): void {
    const now = this.#deps.clock.monotonicMs();
    for (const { resource: old, until } of this.#held.values()) {
      if (until > now) break;
      this.seen(old.kind, old.metadata);
    }
    this.seen(resource.kind, resource.metadata);
    const indexes = this.#deps.indexes.get(resource.kind);
    const places = heldIndexes.flatMap((index) =>
      (indexes?.[index](resource) ?? []).map((value) => placeOf(resource.kind, index, value)),
    );
    this.#held.set(keyOf(resource.kind, resource.metadata), { resource, until: now + holdMs, places });
    for (const place of places) {
      const there = this.#places.get(place);
      if (there === undefined) this.#places.set(place, new Set([resource]));
      else there.add(resource);
    }
  }

  /** The informers show it, so that it counts no more, whatever becomes of it. */
  seen(kind: string, metadata: Named): void {
    const key = keyOf(kind, metadata);
    const held = this.#held.get(key);
    if (held === undefined) return;
    this.#held.delete(key);
    for (const place of held.places) {
      const there = this.#places.get(place);
      there?.delete(held.resource);
      if (there?.size === 0) this.#places.delete(place);
    }
  }

  /** Those that still count. */
  current(): readonly Resource[] {
    return [...this.#held.values()].map(({ resource }) => resource).filter((held) => this.#counts(held));
  }

  /** That of a name, if it still counts. */
  get(kind: string, namespace: string, name: string): Resource | undefined {
    const held = this.#held.get(keyOf(kind, { namespace, name }))?.resource;
    return held !== undefined && this.#counts(held) ? held : undefined;
  }

  /** Those of a kind that an index puts under a value and that still count. */
  by(kind: string, index: HeldIndex, value: string): readonly Resource[] {
    if (this.#held.size === 0) return [];
    return [...(this.#places.get(placeOf(kind, index, value)) ?? [])].filter((held) => this.#counts(held));
  }

  #counts(resource: Resource): boolean {
    const { until = 0 } = this.#held.get(keyOf(resource.kind, resource.metadata)) ?? {};
    return until > this.#deps.clock.monotonicMs() && !this.#deps.isStored(resource);
  }
}

function keyOf(kind: string, { namespace = '', name }: Named): string {
  return `${kind}/${namespace}/${name}`;
}

function placeOf(kind: string, index: HeldIndex, value: string): string {
  return `${kind} ${index} ${value}`;
}
