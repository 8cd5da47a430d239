import { createEventRecorder } from '../../src/kube/events.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import type { Lease } from '../../src/kube/lease.ts';
import { group } from '../../src/model/generation.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { all, isAborted } from '../../src/runtime/lifetime.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import { within, type Tenure } from '../../src/runtime/tenure.ts';
import type { ControllerMetrics } from '../metrics.ts';
import { OperatorWatch, type OperatorWatchOptions } from './operator-watch.ts';

interface Options extends OperatorWatchOptions {
  /** This replica. */
  readonly identity: string;
  /** How often its Lease is looked at: while it is waited for, and while we work. */
  readonly waitingMs: number;
  readonly workingMs: number;
}

interface Dependencies {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<ControllerMetrics, 'operatorLive'>;
  /** Told why nothing is done; undefined: nothing stands in the way any more. */
  blocked(reason: string | undefined): void;
}

type Work = (signal: AbortSignal, tenure: Tenure) => Promise<void>;

const wayOut =
  'stop that operator (its Lease then expires, or delete the Lease), or set PORTCULLIS_BESIDE_PLATFORM_OPERATOR=true';

/**
 * Runs `work` for as long as nobody keeps the Lease of the platform's own operator: two who write to the same gateways
 * undo each other's work. When the operator comes back the work is called off, and begun again when it has gone.
 */
export async function whileOperatorRests(
  options: Options,
  dependencies: Dependencies,
  work: Work,
  signal: AbortSignal,
  tenure: Tenure,
): Promise<void> {
  const { client, logger, clock } = dependencies;
  const over = new AbortController();
  const joint = AbortSignal.any([signal, over.signal]);
  const watch = new OperatorWatch(options, { client: client.within({ signal: joint }), clock, logger });
  const recorder = createEventRecorder(
    { controller: `${group}/portcullis`, instance: options.identity },
    { client, logger, clock },
  );
  const tell = (lease: Lease | undefined) => {
    dependencies.metrics.operatorLive.set(lease === undefined ? 0 : 1);
    if (lease === undefined) {
      dependencies.blocked(undefined);
      logger.info({}, "Nobody keeps the Lease of the platform's own operator any more");
      return;
    }
    const { namespace = '', name } = lease.metadata;
    const reason = `the platform's own operator works here and keeps the Lease ${namespace}/${name}; nothing is done beside it: ${wayOut}`;
    dependencies.blocked(reason);
    logger.warn(
      { namespace, name, detail: wayOut },
      "The platform's own operator works here; nothing is done beside it",
    );
    recorder.record(lease, 'Warning', 'PortcullisWaits', reason);
  };
  const turns = async (running: AbortSignal) => {
    let isTold = false;
    while (!running.aborted) {
      const kept = await untilKnown(watch, dependencies, options.waitingMs, running);
      if (isAborted(running)) return;
      if ((kept !== undefined) !== isTold) tell(kept);
      isTold = kept !== undefined;
      if (kept !== undefined) await clock.sleep(options.waitingMs, running);
      else if (await oneTurn(watch, options.workingMs, dependencies, work, running, tenure)) return;
    }
  };
  await all(joint, [
    (running) => recorder.run(running),
    (running) => turns(running).finally(() => over.abort()),
  ]);
}

/** Works until the operator comes back. @returns whether the work has ended by itself, or with the signal */
async function oneTurn(
  watch: OperatorWatch,
  everyMs: number,
  { clock, logger }: Dependencies,
  work: Work,
  signal: AbortSignal,
  tenure: Tenure,
): Promise<boolean> {
  const back = new AbortController();
  const done = new AbortController();
  const turn = AbortSignal.any([signal, back.signal]);
  const looking = async () => {
    const until = AbortSignal.any([turn, done.signal]);
    while (!until.aborted) {
      await clock.sleep(everyMs, until);
      try {
        if (!isAborted(until) && (await watch.look()) !== undefined)
          back.abort(new Error("the platform's own operator is back"));
      } catch (error) {
        // While the API server does not answer, neither of the two writes there.
        if (!isAborted(until)) logger.debug({ error }, "The Lease of the platform's operator was not read");
      }
    }
  };
  const watching = looking();
  try {
    await work(turn, within(tenure, back.signal));
  } catch (error) {
    // Whoever is called off may well complain of it.
    if (!back.signal.aborted) throw error;
  } finally {
    done.abort();
    await watching;
  }
  return !back.signal.aborted || signal.aborted;
}

/** Looks until the API server has told. */
async function untilKnown(
  watch: OperatorWatch,
  { clock, logger }: Dependencies,
  everyMs: number,
  signal: AbortSignal,
): Promise<Lease | undefined> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      return await watch.look();
    } catch (error) {
      if (isAborted(signal)) break;
      if (failures === 0)
        logger.warn({ error }, "The Lease of the platform's operator was not read; it is tried again");
      await clock.sleep(everyMs, signal);
    }
  }
  return undefined;
}
