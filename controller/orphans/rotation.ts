/** Takes so many of a changing set each time, in turn, so that everything has its turn in the end. */
export class Rotation {
  #last = '';

  next(names: Iterable<string>, count: number): readonly string[] {
    const sorted = [...names].toSorted();
    const after = sorted.filter((name) => name > this.#last);
    const taken = [...after, ...sorted.filter((name) => name <= this.#last)].slice(0, count);
    this.#last = taken.at(-1) ?? this.#last;
    return taken;
  }
}
