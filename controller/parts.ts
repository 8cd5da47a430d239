import type { Logger } from '../src/runtime/logger.ts';
import type { GatewayPart } from './gateway/part.ts';
import { isAborted } from '../src/runtime/lifetime.ts';

interface Running {
  readonly part: GatewayPart;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

interface Dependencies {
  readonly logger: Logger;
  make(gateway: string): GatewayPart;
  /** Everything that a part left behind may go. */
  ended(gateway: string): void;
}

/** One part for each gateway that there is, started and stopped as gateways come and go. */
export class Parts {
  readonly #deps: Dependencies;
  readonly #running = new Map<string, Running>();
  readonly #signal: AbortSignal;

  constructor(dependencies: Dependencies, signal: AbortSignal) {
    this.#deps = dependencies;
    this.#signal = signal;
  }

  get(gateway: string): GatewayPart | undefined {
    return this.#running.get(gateway)?.part;
  }

  /** The part of a gateway, started where there is none yet. */
  start(gateway: string): GatewayPart {
    const known = this.#running.get(gateway);
    if (known !== undefined) return known.part;
    const part = this.#deps.make(gateway);
    const stop = new AbortController();
    const done = this.#run(gateway, part, AbortSignal.any([this.#signal, stop.signal]));
    this.#running.set(gateway, { part, stop, done });
    return part;
  }

  stop(gateway: string): void {
    this.#running.get(gateway)?.stop.abort(new Error(`gateway ${gateway} is gone`));
    this.#running.delete(gateway);
    this.#deps.ended(gateway);
  }

  /** Settles when every part has come to its end. */
  async ended(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ done }) => done));
  }

  /** A part that breaks is begun again: a fault of ours at one gateway must not end the work at the others. */
  async #run(gateway: string, part: GatewayPart, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await part.run(signal);
      } catch (error) {
        if (!isAborted(signal))
          this.#deps.logger.error({ gateway, error }, 'The part of a gateway broke and is begun again');
      }
    }
  }
}
