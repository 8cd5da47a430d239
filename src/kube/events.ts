import { createHash } from 'node:crypto';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { KubeClient } from './client.ts';
import { eventObject, eventType, type Occurrence, referenceTo, seriesPatch } from './event-object.ts';
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
const capacity = 5000;

/**
 * So many events are written at once, and so many a second in the long run: in a burst they must not take the API server's
 * time from the work that they tell of. Warnings go first.
 */
const pace = { burst: 100, perSecond: 20 };

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
  /** Ids of what is to be written, in the order of its weight. */
  const waiting = {
    Warning: new Set<string>(),
    Normal: new Set<string>(),
    repeated: new Set<string>(),
  };
  let wake = Promise.withResolvers<undefined>();

  const drop = (id: string) => {
    occurrences.delete(id);
    for (const ids of Object.values(waiting)) ids.delete(id);
  };

  const next = (): Occurrence | undefined => {
    for (const ids of Object.values(waiting)) {
      for (const id of ids) {
        ids.delete(id);
        return occurrences.get(id);
      }
    }
    return undefined;
  };

  /** Has what goes on counted anew, and forgets what is over. */
  const review = () => {
    const over = clock.now().getTime() - seriesEndMs;
    for (const [id, { count, written, last }] of occurrences) {
      if (written > 0 && count > written) waiting.repeated.add(id);
      else if (written > 0 && last.getTime() < over) drop(id);
    }
  };

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
      const occurrence = { event, regarding: referenceTo(object), type, reason, message };
      occurrences.set(id, { ...occurrence, first: now, last: now, count: 1, written: 0 });
      waiting[type].add(id);
      const oldest = occurrences.keys().next();
      if (occurrences.size > capacity && !oldest.done) drop(oldest.value);
      wake.resolve(undefined);
    },

    async run(signal) {
      const limited = client.within({ signal, timeoutMs: writeTimeoutMs });
      const everyMs = options.everyMs ?? 30_000;
      const turns = new Turns(clock);
      let nextCountMs = clock.monotonicMs() + everyMs;
      while (!signal.aborted) {
        if (clock.monotonicMs() >= nextCountMs) {
          nextCountMs = clock.monotonicMs() + everyMs;
          review();
        }
        wake = Promise.withResolvers();
        const occurrence = next();
        if (occurrence === undefined)
          await waitFor(wake.promise, nextCountMs - clock.monotonicMs(), clock, signal);
        else {
          await write(occurrence, limited);
          await turns.taken(signal);
        }
      }
    },
  };
}

/** Keeps whoever takes turns to their pace. */
class Turns {
  readonly #clock: Clock;
  #left = pace.burst;
  #countedAtMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#countedAtMs = clock.monotonicMs();
  }

  /** Waits until there may be another one. */
  async taken(signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    const grown = ((nowMs - this.#countedAtMs) / 1000) * pace.perSecond;
    this.#left = Math.min(this.#left + grown, pace.burst) - 1;
    this.#countedAtMs = nowMs;
    if (this.#left < 1) await this.#clock.sleep(((1 - this.#left) / pace.perSecond) * 1000, signal);
  }
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
