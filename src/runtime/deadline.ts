/**
 * A signal that aborts with one of some others, or when a time is up. `AbortSignal.timeout` goes on until its time is up
 * and keeps all that was made for a call that has long ended; this one is let go with the call (`using`).
 */
export class Deadline implements Disposable {
  readonly #over = new AbortController();
  readonly #callers: readonly AbortSignal[];
  readonly #timer: NodeJS.Timeout;
  #isOver = false;

  /** @param ms from now on */
  constructor(ms: number, callers: readonly AbortSignal[]) {
    this.#callers = callers;
    this.#timer = setTimeout(() => {
      this.#isOver = true;
      this.#over.abort(new DOMException(`it took longer than ${ms} ms`, 'TimeoutError'));
    }, ms);
    // A call that is under way keeps its process alive by itself.
    this.#timer.unref();
    for (const caller of callers) caller.addEventListener('abort', this.#follow);
    if (callers.some(({ aborted }) => aborted)) this.#follow();
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** Whether it was time that ended it. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The one of the others that called it off; undefined while none did. */
  get caller(): AbortSignal | undefined {
    return this.#callers.find(({ aborted }) => aborted);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    for (const caller of this.#callers) caller.removeEventListener('abort', this.#follow);
  }

  readonly #follow = () => {
    this.#over.abort(this.caller?.reason);
  };
}
