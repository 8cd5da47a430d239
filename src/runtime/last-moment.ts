import type { Dispatcher } from 'undici';
import type { Tenure } from './tenure.ts';

type Handler = Dispatcher.DispatchHandler;
type Rest<Name extends keyof Handler> = Parameters<NonNullable<Handler[Name]>>;

/**
 * The same dispatcher, whose requests are sent only while the tenure lasts. It is asked when the connection is there
 * and the first byte is to be written, in the same turn: whatever came before, the preparation, the line for a free
 * connection, a handshake or a stopped process, has taken its time by then. Timers would not do: those of a process
 * that is continued fire after what has become writable meanwhile.
 *
 * What is left is what no client can take back: bytes that the kernel has, and a process that is stopped between the
 * question and the write. For the first a third of every Lease is never used; against the second only the server
 * could help.
 */
export function whileItLasts(dispatcher: Dispatcher, tenure: Tenure): Dispatcher {
  return dispatcher.compose(
    (dispatch) => (options, handler) => dispatch(options, new Asking(handler, tenure)),
  );
}

class Asking implements Handler {
  readonly #handler: Handler;
  readonly #tenure: Tenure;
  #stage: 'waits' | 'is sent' | 'is answered' = 'waits';

  constructor(handler: Handler, tenure: Tenure) {
    this.#handler = handler;
    this.#tenure = tenure;
  }

  onRequestStart(...args: Rest<'onRequestStart'>): void {
    const [controller] = args;
    if (this.#tenure.remainingMs() === 0) {
      controller.abort(this.#tenure.signal.reason as Error);
      return;
    }
    this.#stage = 'is sent';
    this.#handler.onRequestStart?.(...args);
  }

  onRequestUpgrade(...args: Rest<'onRequestUpgrade'>): void {
    this.#handler.onRequestUpgrade?.(...args);
  }

  onResponseStarted(): void {
    this.#handler.onResponseStarted?.();
  }

  onResponseStart(...args: Rest<'onResponseStart'>): void {
    this.#stage = 'is answered';
    this.#handler.onResponseStart?.(...args);
  }

  onResponseData(...args: Rest<'onResponseData'>): void {
    this.#handler.onResponseData?.(...args);
  }

  onResponseEnd(...args: Rest<'onResponseEnd'>): void {
    this.#handler.onResponseEnd?.(...args);
  }

  onResponseError(...args: Rest<'onResponseError'>): void {
    if (this.#stage === 'is sent') this.#tenure.unanswered();
    this.#handler.onResponseError?.(...args);
  }

  onBodySent(...args: Rest<'onBodySent'>): void {
    this.#handler.onBodySent?.(...args);
  }

  onRequestSent(): void {
    this.#handler.onRequestSent?.();
  }
}
