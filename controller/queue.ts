import TinyQueue from 'tinyqueue';
import type { Clock } from '../src/runtime/clock.ts';

/** Told of what happens to keys, for those who count. */
export interface QueueWatch {
  /** It waits, and did not before. */
  added(key: string): void;
  /** It is in the hands of a worker. */
  taken(key: string): void;
  finished(key: string): void;
  /** It is to come again later. */
  delayed(key: string): void;
}

interface Dependencies {
  readonly clock: Clock;
  readonly watch?: QueueWatch;
}

interface Appointment {
  readonly key: string;
  readonly at: number;
}

/** What wakes the queue at a moment, unless it is called off before. */
interface Alarm {
  readonly at: number;
  readonly off: AbortController;
}

/**
 * Keys that wait for work. A key stands in it once, however often it is added; it is in the hands of one worker at
 * most, and one that is added meanwhile comes again afterwards. What people changed goes before rechecks.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #watch: QueueWatch | undefined;
  readonly #urgent = new Set<string>();
  readonly #background = new Set<string>();
  readonly #working = new Map<string, 'urgent' | 'background' | undefined>();
  /** When keys come again, by the monotonic clock. */
  readonly #due = new Map<string, number>();
  /** The same, the earliest first; what `#due` says no more, or otherwise, counts for nothing. */
  readonly #agenda = new TinyQueue<Appointment>([], (one, other) => one.at - other.at);
  #alarm: Alarm | undefined;
  #wake = Promise.withResolvers<undefined>();

  constructor({ clock, watch }: Dependencies) {
    this.#clock = clock;
    this.#watch = watch;
  }

  add(key: string, priority: 'urgent' | 'background' = 'urgent'): void {
    this.#due.delete(key);
    if (!this.#waits(key)) this.#watch?.added(key);
    if (this.#working.has(key)) {
      if (this.#working.get(key) !== 'urgent') this.#working.set(key, priority);
      return;
    }
    this.#put(key, priority);
  }

  /** How many keys wait for a worker. Those that are to come later are not among them. */
  get depth(): number {
    return this.#urgent.size + this.#background.size;
  }

  /** Whether it comes anyway. */
  #waits(key: string): boolean {
    return this.#urgent.has(key) || this.#background.has(key) || this.#working.get(key) !== undefined;
  }

  #put(key: string, priority: 'urgent' | 'background'): void {
    if (priority === 'urgent') this.#background.delete(key);
    else if (this.#urgent.has(key)) return;
    (priority === 'urgent' ? this.#urgent : this.#background).add(key);
    this.#stir();
  }

  /** Adds the key when the time has come, unless it is added sooner; the earlier of two times counts. */
  addAfter(key: string, ms: number): void {
    this.#watch?.delayed(key);
    const due = this.#clock.monotonicMs() + ms;
    if ((this.#due.get(key) ?? Infinity) <= due) return;
    this.#due.set(key, due);
    this.#agenda.push({ key, at: due });
    this.#stir();
  }

  /** Hands keys to so many workers until the signal aborts. `work` never rejects. */
  async run(workers: number, work: (key: string) => Promise<void>, signal: AbortSignal): Promise<void> {
    const running = new Set<Promise<void>>();
    const end = () => this.#stir();
    signal.addEventListener('abort', end);
    while (!signal.aborted) {
      this.#admitDue();
      const stirred = this.#wake.promise;
      for (let key = this.#next(workers); key !== undefined; key = this.#next(workers)) {
        const task = this.#hand(key, work).finally(() => running.delete(task));
        running.add(task);
      }
      this.#setAlarm();
      await stirred;
    }
    signal.removeEventListener('abort', end);
    this.#alarm?.off.abort();
    this.#alarm = undefined;
    await Promise.all(running);
  }

  async #hand(key: string, work: (key: string) => Promise<void>): Promise<void> {
    this.#working.set(key, undefined);
    this.#watch?.taken(key);
    try {
      await work(key);
    } finally {
      const again = this.#working.get(key);
      this.#working.delete(key);
      this.#watch?.finished(key);
      if (again !== undefined) {
        this.#due.delete(key);
        this.#put(key, again);
      }
      this.#stir();
    }
  }

  #next(workers: number): string | undefined {
    if (this.#working.size >= workers) return undefined;
    for (const waiting of [this.#urgent, this.#background]) {
      for (const key of waiting) {
        waiting.delete(key);
        return key;
      }
    }
    return undefined;
  }

  #admitDue(): void {
    const now = this.#clock.monotonicMs();
    for (let next = this.#earliest(); next !== undefined && next.at <= now; next = this.#earliest())
      this.add(next.key, 'background');
  }

  #earliest(): Appointment | undefined {
    for (let next = this.#agenda.peek(); next !== undefined; next = this.#agenda.peek()) {
      if (this.#due.get(next.key) === next.at) return next;
      this.#agenda.pop();
    }
    return undefined;
  }

  /** One that rings earlier than it must does no harm. */
  #setAlarm(): void {
    const at = this.#earliest()?.at;
    if (at === undefined || (this.#alarm !== undefined && this.#alarm.at <= at)) return;
    this.#alarm?.off.abort();
    const alarm = { at, off: new AbortController() };
    this.#alarm = alarm;
    void this.#clock.sleep(Math.max(at - this.#clock.monotonicMs(), 0), alarm.off.signal).then(() => {
      if (this.#alarm !== alarm) return;
      this.#alarm = undefined;
      this.#stir();
    });
  }

  #stir(): void {
    this.#wake.resolve(undefined);
    this.#wake = Promise.withResolvers();
  }
}
