import type { KubeClient } from '../../src/kube/client.ts';
import { backoffMs } from '../../src/runtime/backoff.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Book } from '../status/book.ts';
import { catchUp } from './catch-up.ts';
import type { Serve } from './contend.ts';
import type { Shares } from './shares.ts';
import { isAborted } from '../../src/runtime/lifetime.ts';

type IsOurs = (key: string) => boolean;

interface Dependencies {
  readonly client: KubeClient;
  readonly cluster: Cluster;
  readonly book: Book;
  readonly shares: Shares;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Reads anew what is known of shards that are not ours, from where others have written it down. */
  learn(): Promise<void>;
  /** Wakes everything whose key is ours from now on. */
  begin(isOurs: IsOurs): void;
}

/** Takes shards up, with what the API server knows of them by then, and gives them up with nothing under way. */
export function serving(deps: Dependencies): Serve {
  const { shares, clock, logger } = deps;
  return async (shard, tenure, signal) => {
    const isOurs = (key: string) => shares.isIn(key, shard);
    if (!(await isCaughtUp(isOurs, deps, signal))) return;
    const share = shares.open(shard, tenure);
    logger.info({ shard }, 'This replica works on a shard');
    deps.begin(isOurs);
    await untilAborted(signal, clock);
    await share.drain();
    shares.close(shard);
    // From now on its next holder knows better, and the statuses tell.
    forget(isOurs, deps);
    logger.info({ shard }, 'This replica has left a shard');
  };
}

/** False when the signal aborted first. */
async function isCaughtUp(isOurs: IsOurs, deps: Dependencies, signal: AbortSignal): Promise<boolean> {
  const { cluster, client, shares, clock, logger } = deps;
  const limited = client.within({ signal });
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      await deps.learn();
      // Whoever has all of the work has listed everything since it was given to him.
      if (!shares.isDivided) return !isAborted(signal);
      // Who selects what concerns every shard.
      for (const part of cluster.gatewayInformer.parts)
        await catchUp(part, () => true, { client: limited, clock }, signal);
      for (const part of [...cluster.kinds.values()].flatMap(({ parts }) => parts))
        await catchUp(part, isOurs, { client: limited, clock }, signal);
      if (!isAborted(signal)) return true;
    } catch (error) {
      if (isAborted(signal)) return false;
      logger.warn({ attempt, error }, 'The resources of a shard could not be listed');
      await clock.sleep(backoffMs(attempt, { baseMs: 250, capMs: 5000 }), signal);
    }
  }
  return false;
}

function forget(isOurs: IsOurs, { cluster, book }: Dependencies): void {
  for (const { resource } of cluster.all())
    if (isOurs(resource.metadata.namespace)) book.forget(resource.metadata.uid);
}

async function untilAborted(signal: AbortSignal, clock: Clock): Promise<void> {
  while (!signal.aborted) await clock.sleep(Infinity, signal);
}
