import type { Kind } from './kind.ts';

/** The rows by every name that they go by. */
export class KindTable {
  readonly rows: readonly Kind[];
  readonly #byKind: ReadonlyMap<string, Kind>;
  readonly #byPlural: ReadonlyMap<string, Kind>;

  constructor(rows: readonly Kind[]) {
    this.rows = rows;
    this.#byKind = new Map(rows.map((row) => [row.kind, row]));
    this.#byPlural = new Map(rows.map((row) => [row.plural, row]));
  }

  find(kind: string): Kind | undefined {
    return this.#byKind.get(kind);
  }

  byPlural(plural: string): Kind | undefined {
    return this.#byPlural.get(plural);
  }

  /** The row of a kind that is known to exist, such as one named by another row. */
  get(kind: string): Kind {
    const row = this.#byKind.get(kind);
    if (row === undefined) throw new Error(`there is no kind ${kind} in the table`);
    return row;
  }

  /** The kinds whose instances occupy the same handles as the given one's at a gateway, itself included. */
  sharing(row: Kind): readonly Kind[] {
    return [row, ...(row.sharesHandlesWith ?? []).map((kind) => this.get(kind))];
  }
}
