import type { AdoptionPolicy } from '../../src/compare/plan.ts';
import type { Owner } from '../../src/model/mark.ts';
import type { BindingStatus } from '../../src/model/status.ts';
import type { Stored } from '../cluster/stored.ts';

/** Everything beside the list and the resource itself that a judgement of the two depends on. */
export interface Circumstances {
  /** What was known of it there. */
  readonly entry: BindingStatus;
  /** What should stand there. */
  readonly fingerprint: string;
  readonly adoption: AdoptionPolicy;
}

/** What was found out about a collection while it showed the very same. Secrets have no place in it. */
export class Seen {
  readonly digest: string;
  readonly ids: readonly string[];
  /** By their ids, whose those are of which no status says that they stand there. */
  readonly owners = new Map<string, Owner | undefined>();
  readonly #sound = new WeakMap<Stored, Circumstances>();

  constructor(digest: string, ids: readonly string[]) {
    this.digest = digest;
    this.ids = ids;
  }

  noteSound(resource: Stored, circumstances: Circumstances): void {
    this.#sound.set(resource, circumstances);
  }

  /** Whether this state of a resource was found to stand there as it should, under the very same circumstances. */
  isSound(resource: Stored, { entry, fingerprint, adoption }: Circumstances): boolean {
    const before = this.#sound.get(resource);
    return before?.entry === entry && before.fingerprint === fingerprint && before.adoption === adoption;
  }
}

/**
 * What the comparisons of one gateway saw last, collection by collection. Where a list is the same to the byte, what was
 * in order needs no second look, and the list need not even be taken apart: that is most of what a comparison costs
 * where nothing happens.
 */
export class LastSeen {
  readonly #collections = new Map<string, Seen>();

  /** @param ids asked for where the list is another one than the last time */
  of(path: string, digest: string, ids: () => readonly string[]): Seen {
    const before = this.#collections.get(path);
    if (before?.digest === digest) return before;
    const seen = new Seen(digest, ids());
    this.#collections.set(path, seen);
    return seen;
  }

  /** Forgets all collections but these. */
  keep(paths: ReadonlySet<string>): void {
    for (const path of this.#collections.keys()) if (!paths.has(path)) this.#collections.delete(path);
  }
}
