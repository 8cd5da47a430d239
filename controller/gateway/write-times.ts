import { GatewayError } from '../../src/gateway/gateway-error.ts';
import type { ManagementClient } from '../../src/gateway/management-client.ts';
import { itemId, itemUpdatedAt, type Item } from '../../src/model/item.ts';
import type { Kind } from '../../src/model/kind.ts';
import type { BindingStatus } from '../../src/model/status.ts';
import type { Subject } from '../cluster/stored.ts';
import { momentOf } from './moment.ts';

/** A resource that stands at the gateway, as it was known when the question came up. */
export interface Bound {
  readonly subject: Subject;
  readonly entry: BindingStatus;
}

export interface WriteTime {
  /** In nanoseconds since 1970; undefined where the gateway tells none. */
  readonly at: bigint | undefined;
  /** Of which of our writes it was told. */
  readonly of: string;
}

/** So many are asked for one by one before it is cheaper to ask for everything. */
const few = 16;

/**
 * When, by its own clock, a gateway stored what we wrote last: the answer to a POST or PUT tells an earlier time
 * (measured), a list or a GET tells the one that shows up in the dump. Asked for once after each write.
 */
export class WriteTimes {
  readonly #times = new Map<string, WriteTime>();

  /** Undefined before it was asked for since the last write. */
  of({ subject, entry }: Bound): WriteTime | undefined {
    const known = this.#times.get(subject.resource.metadata.uid);
    return known?.of === writeOf(entry) ? known : undefined;
  }

  /** Asks for the times of these; those of which the gateway says nothing now are left as they were. */
  async take(bound: readonly Bound[], client: ManagementClient, signal: AbortSignal): Promise<void> {
    for (const [row, wanted] of Map.groupBy(bound, ({ subject }) => subject.row)) {
      try {
        const items = await itemsOf(row, wanted, client, signal);
        for (const { subject, entry } of wanted) {
          const { uid, name } = subject.resource.metadata;
          const item = items.get(name);
          if (item !== undefined)
            this.#times.set(uid, { at: momentOf(itemUpdatedAt(item)), of: writeOf(entry) });
        }
      } catch (error) {
        // The gateway's own part tells of it, and asks again.
        if (!(error instanceof GatewayError)) throw error;
      }
    }
  }

  /** Keeps the times of these only. */
  retain(bound: readonly Bound[]): void {
    const uids = new Set(bound.map(({ subject }) => subject.resource.metadata.uid));
    for (const uid of this.#times.keys()) if (!uids.has(uid)) this.#times.delete(uid);
  }
}

async function itemsOf(
  row: Kind,
  bound: readonly Bound[],
  client: ManagementClient,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Item>> {
  const names = bound.map(({ subject }) => subject.resource.metadata.name);
  const items =
    bound.length > few || !row.collection.getOne
      ? await client.list({ row }, signal)
      : await Promise.all(names.map((name) => client.get({ row }, name, signal)));
  return new Map(items.flatMap((item) => (item === undefined ? [] : [[itemId(row, item) ?? '', item]])));
}

/** Tells our writes apart. */
export function writeOf({ lastSyncTime = '', fingerprint = '' }: BindingStatus): string {
  return `${lastSyncTime} ${fingerprint}`;
}
