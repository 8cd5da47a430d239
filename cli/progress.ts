import type { Io } from './io.ts';

/** What takes no longer than this is not worth a word. */
const quietMs = 2000;

/** Says what is going on now, in a few words. */
export type Say = (sentence: string) => void;

/**
 * Does the work, and tells on standard error what it is at once that takes longer than two seconds. On a terminal the
 * line is written over and gone in the end; elsewhere each sentence is a line, so that a log shows it.
 */
export async function withProgress<T>(io: Io, sentence: string, work: (say: Say) => Promise<T>): Promise<T> {
  const line = new ProgressLine(io, sentence);
  const over = new AbortController();
  void io.clock.sleep(quietMs, over.signal).then(() => {
    if (!over.signal.aborted) line.show();
  });
  try {
    return await work((next) => line.say(next));
  } finally {
    over.abort();
    line.clear();
  }
}

class ProgressLine {
  readonly #io: Io;
  #sentence: string;
  #isShown = false;

  constructor(io: Io, sentence: string) {
    this.#io = io;
    this.#sentence = sentence;
  }

  say(sentence: string): void {
    if (sentence === this.#sentence) return;
    this.#sentence = sentence;
    if (this.#isShown) this.show();
  }

  show(): void {
    this.#isShown = true;
    const width = Math.max(10, this.#io.columns - 3);
    this.#io.err(
      this.#io.isErrTerminal ? `\r\u001b[K${this.#sentence.slice(0, width)} …` : `${this.#sentence} …\n`,
    );
  }

  clear(): void {
    if (this.#isShown && this.#io.isErrTerminal) this.#io.err('\r\u001b[K');
    this.#isShown = false;
  }
}
