import { symbols, type DestinationStream } from 'pino';

/** How long a line may wait for others, in ms, and how much is gathered at most, in characters. */
const gatherMs = 20;
const mostGathered = 16 * 1024;

/** A warning is written at once, and everything before it. */
const atOnceFrom = 40;

/**
 * Writes log lines by the handful: a system call for each is a tenth of what a review costs. What is gathered is written
 * when the process ends in whatever way it can hear of, an error that nobody caught included.
 */
export class GatheredLines implements DestinationStream {
  readonly [symbols.needsMetadataGsym] = true;
  readonly #target: DestinationStream;
  #gathered = '';
  #timer: NodeJS.Timeout | undefined;
  /** The level of the line that is about to come; pino tells it to whoever has the mark below. */
  lastLevel = 0;

  constructor(target: DestinationStream) {
    this.#target = target;
    process.once('exit', () => this.flush());
  }

  write(line: string): void {
    this.#gathered += line;
    if (this.lastLevel >= atOnceFrom || this.#gathered.length >= mostGathered) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), gatherMs).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#gathered === '') return;
    const lines = this.#gathered;
    this.#gathered = '';
    this.#target.write(lines);
  }
}
