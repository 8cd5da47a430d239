import { createHash } from 'node:crypto';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { KubeClient } from './client.ts';
import { eventObject, eventType, type Occurrence, seriesPatch } from './event-object.ts';
import { isKubeError } from './kube-error.ts';
import { type BareObject, key } from './resource.ts';

export interface EventRecorder {
  /** Tells the people who look at the object. Never throws, and never waits. */
  record(object: BareObject, type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** Writes what was recorded, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

export interface EventRecorderOptions {
  /** A qualified name, such as `gateway.api-platform.wso2.com/portcullis`. */
  readonly controller: string;
  /** This replica. */
  readonly instance: string;
  /** How often repetitions of an event are written, as one count. */
  readonly everyMs?: number;
}

export interface EventRecorderDependencies {
  readonly client: KubeClient;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** An event that doesn't repeat for so long is over; the next is a new one. As client-go has it. */
const seriesEndMs = 6 * 60 * 1000;

/** How many events are remembered; the oldest are dropped first. */
const capacity = 2000;

const writeTimeoutMs = 10_000;

/**
 * Records events so that a repetition costs a counter and not a write: an event is written when it happens first, and
 * again with its count every `everyMs` for as long as it goes on.
 */
export function createEventRecorder(
  options: EventRecorderOptions,
  { client, logger, clock }: EventRecorderDependencies,
): EventRecorder {
  const occurrences = new Map<string, Occurrence>();
  let wake = Promise.withResolvers<undefined>();

  const write = async (occurrence: Occurrence, limited: KubeClient) => {
    const count = occurrence.count;
    const { namespace, name } = occurrence.event;
    try {
      const known = occurrence.written > 0 && (await patch(occurrence, limited));
      if (!known) await limited.create(eventType, eventObject(occurrence, options));
    } catch (error) {
      // An event is news, not a promise: one that can't be written is dropped.
      if (!isKubeError(error, 'exists', 'aborted'))
        logger.debug({ namespace, name, error }, 'could not write an event');
    }
    occurrence.written = count;
  };

  const patch = async (occurrence: Occurrence, limited: KubeClient): Promise<boolean> => {
    const { namespace, name } = occurrence.event;
    try {
      await limited.mergePatch(eventType, namespace, name, seriesPatch(occurrence));
      return true;
    } catch (error) {
      // The API server forgets events after an hour.
      if (isKubeError(error, 'notFound')) return false;
      throw error;
    }
  };

  return {
    record(object, type, reason, message) {
      const now = clock.now();
      const id = JSON.stringify([object.kind, key(object), object.metadata.uid, type, reason, message]);
      const known = occurrences.get(id);
      if (known) {
        known.count += 1;
        known.last = now;
        return;
      }
      const name = `${object.metadata.name.slice(0, 200)}.${createHash('sha256').update(`${id} ${now.getTime()}`).digest('hex').slice(0, 16)}`;
      const event = { namespace: object.metadata.namespace ?? 'default', name };
      occurrences.set(id, {
        event,
        object,
        type,
        reason,
        message,
        first: now,
        last: now,
        count: 1,
        written: 0,
      });
      const oldest = occurrences.keys().next();
      if (occurrences.size > capacity && !oldest.done) occurrences.delete(oldest.value);
      wake.resolve(undefined);
    },

    async run(signal) {
      const limited = client.within({ signal, timeoutMs: writeTimeoutMs });
      const everyMs = options.everyMs ?? 30_000;
      let nextCountMs = clock.monotonicMs() + everyMs;
      while (!signal.aborted) {
        const isDue = clock.monotonicMs() >= nextCountMs;
        if (isDue) nextCountMs = clock.monotonicMs() + everyMs;
        wake = Promise.withResolvers();
        for (const [id, occurrence] of [...occurrences]) {
          if (occurrence.written === 0 || (isDue && occurrence.count > occurrence.written))
            await write(occurrence, limited);
          else if (clock.now().getTime() - occurrence.last.getTime() > seriesEndMs) occurrences.delete(id);
        }
        await waitFor(wake.promise, nextCountMs - clock.monotonicMs(), clock, signal);
      }
    },
  };
}

/** Until the promise resolves, the time is over or the signal aborts. */
async function waitFor(
  promise: Promise<unknown>,
  ms: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const enough = new AbortController();
  await Promise.race([promise, clock.sleep(ms, AbortSignal.any([signal, enough.signal]))]);
  enough.abort();
}
