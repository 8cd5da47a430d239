import type { Item } from '../model/item.ts';

interface Answer {
  /** What two answers have in common that are the same to the byte. */
  digest(): string;
}

/** What stands in a collection of a gateway, as it was listed. It is taken apart when somebody asks for its items. */
export class Collection {
  /** What lists that show the very same have in common. */
  readonly digest: string;
  readonly #read: () => readonly Item[];
  #items: readonly Item[] | undefined;

  constructor(answer: Answer, read: () => readonly Item[]) {
    this.digest = answer.digest();
    this.#read = read;
  }

  /** @throws GatewayError where one of them can't be read: what is missing in a list would count as gone */
  items(): readonly Item[] {
    return (this.#items ??= this.#read());
  }
}

/** Of what is not there. */
export const nothingThere = new Collection({ digest: () => '' }, () => []);
