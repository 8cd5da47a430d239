import type { Cluster } from '../cluster/cluster.ts';
import { parseResourceKey } from '../cluster/stored.ts';
import type { Shares } from '../shards/shares.ts';
import type { LeftBehind } from './left-behind.ts';

interface Dependencies {
  readonly cluster: Cluster;
  readonly shares: Shares;
  readonly leftBehind: LeftBehind;
}

/** What exists again was not left behind: when it goes the next time, it says anew what is to become of it. */
export async function dropReturned({ cluster, shares, leftBehind }: Dependencies): Promise<void> {
  for (const key of leftBehind.keys) {
    const id = parseResourceKey(key);
    const subject = cluster.find(id);
    if (subject === undefined || subject.resource.metadata.deletionTimestamp !== undefined) continue;
    await shares.during(id.namespace, 'work', () => leftBehind.drop(key));
  }
}
