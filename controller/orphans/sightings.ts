/** How often something must have been seen in a full comparison before we believe that it is so. */
const wanted = 2;

/** Counts in how many full comparisons without a break something was seen. */
export class Sightings {
  #counts: ReadonlyMap<string, { readonly where: string; readonly count: number }> = new Map();

  /**
   * Notes one full comparison: what was seen, by its key and the collection in which it stands. What was not seen
   * again where there was a look starts anew; where there was none, nothing is learned.
   *
   * @returns the keys that have been seen often enough
   */
  note(seen: ReadonlyMap<string, string>, wasLookedAt: (where: string) => boolean): ReadonlySet<string> {
    const unseen = [...this.#counts].filter(([key, { where }]) => !seen.has(key) && !wasLookedAt(where));
    const counted = [...seen].map(([key, where]) => {
      return [key, { where, count: (this.#counts.get(key)?.count ?? 0) + 1 }] as const;
    });
    this.#counts = new Map([...unseen, ...counted]);
    return new Set(counted.filter(([, { count }]) => count >= wanted).map(([key]) => key));
  }
}
