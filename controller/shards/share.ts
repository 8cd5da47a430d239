import type { Clock } from '../../src/runtime/clock.ts';
import type { Tenure } from '../../src/runtime/tenure.ts';

/** How long what is under way may take when a shard is given up; then it is called off. */
const drainMs = 10_000;

/** What has been done is told within this time: as long as outcomes are gathered, and a little more. */
const tellMs = 250;

/** Work on a shard: at gateways, or on the news of it (statuses, labels, finalizers), which goes on a little longer. */
export type Purpose = 'work' | 'news';

/**
 * A shard in the hands of this replica. What is done for it is counted, so that it is given on only when nothing of
 * it is under way.
 */
export class Share {
  readonly #tenure: Tenure;
  readonly #clock: Clock;
  readonly #calledOff = new AbortController();
  readonly #busy = new Set<Promise<unknown>>();
  #open: 'for all' | 'for news' | 'no' = 'for all';

  /** Under which everything is written that is done for it. */
  readonly tenure: Tenure;

  constructor(tenure: Tenure, { clock }: { readonly clock: Clock }) {
    this.#tenure = tenure;
    this.#clock = clock;
    const signal = AbortSignal.any([tenure.signal, this.#calledOff.signal]);
    this.tenure = {
      signal,
      remainingMs: () => (signal.aborted ? 0 : tenure.remainingMs()),
      unanswered: () => tenure.unanswered(),
    };
  }

  isOpen(purpose: Purpose): boolean {
    return this.#open === 'for all' || (purpose === 'news' && this.#open === 'for news');
  }

  async do(work: (tenure: Tenure) => Promise<void>): Promise<void> {
    const doing = work(this.tenure).finally(() => this.#busy.delete(doing));
    this.#busy.add(doing);
    await doing;
  }

  /** Begins nothing new, lets come to its end what is under way, and has it told. */
  async drain(): Promise<void> {
    this.#open = 'for news';
    const { signal } = this.#tenure;
    const enough = new AbortController();
    const told = async () => {
      await this.#idle();
      if (!enough.signal.aborted) await this.#clock.sleep(tellMs, AbortSignal.any([signal, enough.signal]));
      this.#open = 'no';
      await this.#idle();
    };
    const telling = told();
    await Promise.race([telling, this.#clock.sleep(drainMs, AbortSignal.any([signal, enough.signal]))]);
    enough.abort();
    this.#open = 'no';
    this.#calledOff.abort(new Error('the shard is given up'));
    await telling;
  }

  async #idle(): Promise<void> {
    while (this.#busy.size > 0) await Promise.allSettled(this.#busy);
  }
}
