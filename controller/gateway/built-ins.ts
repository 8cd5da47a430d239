import type { ManagementClient } from '../../src/gateway/management-client.ts';
import type { KindTable } from '../../src/model/kind-table.ts';
import { itemId, itemOwner } from '../../src/model/item.ts';
import { faultOf } from './listing.ts';

/** What a gateway ships with, asked for once in each comparison. */
export class BuiltIns {
  readonly #table: KindTable;
  #known = new Map<string, Promise<boolean>>();

  constructor(table: KindTable) {
    this.#table = table;
  }

  forget(): void {
    this.#known = new Map();
  }

  /** Whether an instance of one of the kinds stands at the gateway, whoever put it there. */
  async has(
    client: ManagementClient | undefined,
    kinds: readonly string[],
    name: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (client === undefined) return false;
    const key = `${kinds.join()}/${name}`;
    const known = this.#known.get(key) ?? this.#ask(client, kinds, name, signal);
    this.#known.set(key, known);
    try {
      return await known;
    } catch (error) {
      this.#known.delete(key);
      throw error;
    }
  }

  /** Names of what belongs to nobody, of the kinds of which gateways ship with some; undefined where that is not told. */
  async list(client: ManagementClient, signal: AbortSignal): Promise<readonly string[] | undefined> {
    try {
      return await this.#list(client, signal);
    } catch (error) {
      // One collection that does not answer is no reason to give the gateway up.
      faultOf(error);
      return undefined;
    }
  }

  async #list(client: ManagementClient, signal: AbortSignal): Promise<readonly string[]> {
    const names: string[] = [];
    for (const row of this.#table.rows.filter(({ builtIn }) => builtIn !== undefined)) {
      const items = await client.list({ row }, signal);
      const unowned = items.filter((item) => itemOwner(row, item) === undefined);
      names.push(...unowned.flatMap((item) => itemId(row, item) ?? []));
    }
    return names.toSorted();
  }

  async #ask(
    client: ManagementClient,
    kinds: readonly string[],
    name: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    for (const kind of kinds) {
      const row = this.#table.get(kind);
      if ((await client.get({ row }, name, signal)) !== undefined) return true;
    }
    return false;
  }
}
