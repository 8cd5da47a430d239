import type { Resource } from '../src/model/resource.ts';
import type { Clock } from '../src/runtime/clock.ts';

/** How long a creation that was let through counts without having been seen, in ms. */
const holdMs = 15_000;

interface Named {
  readonly namespace?: string;
  readonly name: string;
}

interface Held {
  readonly resource: Resource;
  readonly until: number;
}

/**
 * Creations that were let through and that the informers don't show yet. Without them two creations of one handle
 * at the same moment would both be admitted by the same replica.
 */
export class Reservations {
  readonly #clock: Clock;
  readonly #isStored: (resource: Resource) => boolean;
  readonly #held = new Map<string, Held>();

  constructor(dependencies: { readonly clock: Clock; isStored(resource: Resource): boolean }) {
    this.#clock = dependencies.clock;
    this.#isStored = (resource) => dependencies.isStored(resource);
  }

  /** What has waited too long is forgotten on the way. */
  hold(resource: Resource): void {
    for (const [key, held] of this.#held) if (!this.#counts(held)) this.#held.delete(key);
    this.#held.set(keyOf(resource.kind, resource.metadata), {
      resource,
      until: this.#clock.monotonicMs() + holdMs,
    });
  }

  /** The informers show it, so that it counts no more, whatever becomes of it. */
  seen(kind: string, metadata: Named): void {
    this.#held.delete(keyOf(kind, metadata));
  }

  /** Those of the ones that are meant that still count. Every review asks several times: it is asked first who is meant. */
  current(isMeant: (resource: Resource) => boolean = () => true): readonly Resource[] {
    const meant: Resource[] = [];
    for (const held of this.#held.values())
      if (isMeant(held.resource) && this.#counts(held)) meant.push(held.resource);
    return meant;
  }

  #counts({ resource, until }: Held): boolean {
    return until > this.#clock.monotonicMs() && !this.#isStored(resource);
  }
}

function keyOf(kind: string, { namespace = '', name }: Named): string {
  return `${kind}/${namespace}/${name}`;
}
