/** Something that takes long tells how it goes. `detail` is the newest thing that happened. */
export interface Progress {
  update(detail: string): void;
  end(): void;
}

export type StartProgress = (title: string, expectSeconds: number) => Progress;

export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const intervalMs = { terminal: 1_000, log: 15_000 };

/** One line that is rewritten every second on a terminal; a line every 15 seconds in a log. */
export function progressOn(terminal: Terminal): StartProgress {
  return (title, expectSeconds) => {
    const startedAt = Date.now();
    const live = terminal.isTTY === true;
    let detail = '';
    const line = (): string => {
      const text = `${title}: ${seconds(startedAt)} s so far, ${expected(expectSeconds)}`;
      return detail === '' ? text : `${text} (${detail})`;
    };
    const show = (): void => {
      if (live) terminal.write(`\r\u001b[K${line().slice(0, (terminal.columns ?? 80) - 1)}`);
      else terminal.write(`${line()}\n`);
    };
    show();
    const timer = setInterval(show, live ? intervalMs.terminal : intervalMs.log);
    return {
      update: (text) => (detail = text),
      end: () => {
        clearInterval(timer);
        terminal.write(`${live ? '\r\u001b[K' : ''}${title}: ended after ${seconds(startedAt)} s\n`);
      },
    };
  };
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 1000);
}

function expected(expectSeconds: number): string {
  const cold = expectSeconds < 90 ? `${expectSeconds} s` : `${Math.round(expectSeconds / 60)} min`;
  return `up to ${cold} the first time on 2 cores`;
}
