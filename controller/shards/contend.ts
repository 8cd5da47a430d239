import { elect, type ElectionDependencies, type ElectionOptions } from '../../src/kube/election.ts';
import { all } from '../../src/runtime/lifetime.ts';
import { type Tenure, unending } from '../../src/runtime/tenure.ts';
import { fairShare } from './fair-share.ts';
import { Roll } from './roll.ts';
import { Room } from './room.ts';

/**
 * Does the work of a shard until the signal aborts, and resolves when nothing of it is under way any more. Everything
 * is written under the tenure.
 */
export type Serve = (shard: number, tenure: Tenure, signal: AbortSignal) => Promise<void>;

/** Has shards served whenever they are this replica's, until the signal aborts. */
export type Contend = (serve: Serve, signal: AbortSignal) => Promise<void>;

export interface ContendOptions extends ElectionOptions {
  readonly shards: number;
}

/** For an installation of one replica. */
export const alone: Contend = (serve, signal) => serve(0, unending(signal), signal);

/** For whoever has been elected, and has all of the work while the tenure lasts. */
export function leading(tenure: Tenure): Contend {
  return (serve, signal) => serve(0, tenure, signal);
}

/**
 * Several shards, each with a Lease of its own, named after its number, and one Lease that all replicas hold together.
 * It is the Lease of the leader where there is one shard; its holder is the number of shards. So replicas that divide
 * the work in another way wait until these are gone, and nothing is done twice while the number is changed. In it
 * the replicas sign what makes known how many they are.
 */
export function sharing({ shards, ...options }: ContendOptions, dependencies: ElectionDependencies): Contend {
  const { clock } = dependencies;
  const { name, identity, leaseMs, renewMs } = options;
  return async (serve, signal) => {
    const roll = new Roll({ identity, since: clock.now().toISOString(), silentMs: leaseMs });
    const room = new Room();
    const serveOne = async (shard: number, common: Tenure, until: AbortSignal) => {
      const lease = { ...options, name: `${name}-${shard}`, turns: room.turns(shard) };
      while (!until.aborted) {
        await elect(
          lease,
          dependencies,
          (reign, tenure) =>
            serve(shard, both(common, tenure), AbortSignal.any([reign, room.leaving(shard)])),
          until,
        );
        // It was given up for another, who is to find it free.
        await clock.sleep(2 * renewMs, until);
      }
    };
    const notes = {
      read: (annotations: Readonly<Record<string, string>>) => {
        roll.read(annotations, clock.monotonicMs());
        room.resize(fairShare(identity, roll.members(clock.monotonicMs()), shards) ?? 0);
      },
      write: (annotations: Readonly<Record<string, string>>) => roll.signed(annotations, clock.monotonicMs()),
      leave: (annotations: Readonly<Record<string, string>>) => roll.left(annotations, clock.monotonicMs()),
    };
    await elect(
      { ...options, identity: `${shards} shards`, notes },
      dependencies,
      (reign, common) =>
        all(
          reign,
          Array.from({ length: shards }, (_, shard) => (joint) => serveOne(shard, common, joint)),
        ),
      signal,
    );
  };
}

/** The same, but nothing is written after the tenure is over. */
export function under(tenure: Tenure, contend: Contend): Contend {
  return (serve, signal) => contend((shard, own, until) => serve(shard, both(tenure, own), until), signal);
}

/** The same, and tells of each shard when it begins to be served and when no more. */
export function told(contend: Contend, tell: (shard: number, is: 0 | 1) => void): Contend {
  return (serve, signal) =>
    contend(async (shard, tenure, until) => {
      tell(shard, 1);
      try {
        await serve(shard, tenure, until);
      } finally {
        tell(shard, 0);
      }
    }, signal);
}

/** What lasts only as long as both do. */
function both(one: Tenure, other: Tenure): Tenure {
  return {
    signal: AbortSignal.any([one.signal, other.signal]),
    remainingMs: () => Math.min(one.remainingMs(), other.remainingMs()),
    unanswered: () => {
      one.unanswered();
      other.unanswered();
    },
  };
}
