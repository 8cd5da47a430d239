import type { Resource } from '../src/model/resource.ts';
import type { Clock } from '../src/runtime/clock.ts';

/** How long a creation that was let through counts without having been seen, in ms. */
const holdMs = 15_000;

/**
 * Creations that were let through and that the informers don't show yet. Without them two creations of one handle
 * at the same moment would both be admitted by the same replica.
 */
export class Reservations {
  readonly #clock: Clock;
  readonly #isStored: (resource: Resource) => boolean;
  readonly #held = new Map<string, { readonly resource: Resource; readonly until: number }>();

  constructor(dependencies: { readonly clock: Clock; isStored(resource: Resource): boolean }) {
    this.#clock = dependencies.clock;
    this.#isStored = (resource) => dependencies.isStored(resource);
  }

  hold(resource: Resource): void {
    const { namespace, name } = resource.metadata;
    this.#held.set(`${resource.kind}/${namespace}/${name}`, {
      resource,
      until: this.#clock.monotonicMs() + holdMs,
    });
  }

  /** Those that still count. What was seen, or waited too long, is forgotten on the way. */
  current(): readonly Resource[] {
    const now = this.#clock.monotonicMs();
    for (const [key, { resource, until }] of this.#held) {
      if (until <= now || this.#isStored(resource)) this.#held.delete(key);
    }
    return [...this.#held.values()].map(({ resource }) => resource);
  }
}
