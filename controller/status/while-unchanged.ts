import type { Cluster } from '../cluster/cluster.ts';
import type { Book } from './book.ts';

interface Sources {
  readonly cluster: Pick<Cluster, 'changes'>;
  readonly book: Pick<Book, 'changes'>;
}

/**
 * What follows from all resources, gateways and entries, such as a count, by a key: worked out once, and good until any
 * of them changes. In a fleet in which nothing happens nothing is counted.
 */
export class WhileUnchanged<Result> {
  readonly #sources: Sources;
  readonly #known = new Map<string, { readonly at: string; readonly result: Result }>();

  constructor({ cluster, book }: Sources) {
    this.#sources = { cluster, book };
  }

  of(key: string, work: () => Result): Result {
    const { cluster, book } = this.#sources;
    const at = `${cluster.changes} ${book.changes}`;
    const known = this.#known.get(key);
    if (known?.at === at) return known.result;
    const result = work();
    this.#known.set(key, { at, result });
    return result;
  }

  forget(key: string): void {
    this.#known.delete(key);
  }
}
