import type { Member } from './fair-share.ts';

/** The annotation of the common Lease that names everybody. */
export const rollAnnotation = 'gateway.api-platform.wso2.com/replicas';

interface Entry {
  readonly since: string;
  /** Goes up with every sign of life. */
  readonly beat: number;
}

type Annotations = Readonly<Record<string, string>>;

interface Options {
  readonly identity: string;
  readonly since: string;
  /** After how long without a sign of life a member is one no more. */
  readonly silentMs: number;
}

/** Who shares the work: each replica signs anew from time to time, and who does not is left out. */
export class Roll {
  readonly #options: Options;
  /** What each one signed last, and when we saw it first, on our own clock: theirs may be wrong. */
  readonly #seen = new Map<string, { readonly entry: Entry; readonly atMs: number }>();
  #beat = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  read(annotations: Annotations, nowMs: number): void {
    const entries = entriesIn(annotations);
    for (const [identity, entry] of Object.entries(entries))
      if (this.#seen.get(identity)?.entry.beat !== entry.beat)
        this.#seen.set(identity, { entry, atMs: nowMs });
    for (const identity of this.#seen.keys()) if (!(identity in entries)) this.#seen.delete(identity);
  }

  /** Everybody, ourselves included. */
  members(nowMs: number): readonly Member[] {
    const { identity, since } = this.#options;
    return [
      ...this.#others(nowMs).map(([other, entry]) => ({ identity: other, since: entry.since })),
      { identity, since },
    ];
  }

  /** The annotations with our own sign of life, and without those who gave none for too long. */
  signed(annotations: Annotations, nowMs: number): Annotations {
    const { identity, since } = this.#options;
    this.#beat += 1;
    const entries = { ...Object.fromEntries(this.#others(nowMs)), [identity]: { since, beat: this.#beat } };
    return { ...annotations, [rollAnnotation]: JSON.stringify(entries) };
  }

  /** The annotations without us, and whether anybody is left. */
  left(
    annotations: Annotations,
    nowMs: number,
  ): { readonly annotations: Annotations; readonly isEmpty: boolean } {
    const others = this.#others(nowMs);
    return {
      annotations: { ...annotations, [rollAnnotation]: JSON.stringify(Object.fromEntries(others)) },
      isEmpty: others.length === 0,
    };
  }

  #others(nowMs: number): readonly (readonly [string, Entry])[] {
    const { identity, silentMs } = this.#options;
    return [...this.#seen]
      .filter(([other, { atMs }]) => other !== identity && nowMs - atMs <= silentMs)
      .map(([other, { entry }]) => [other, entry] as const);
  }
}

/** What can't be read was written by nobody of us. */
function entriesIn(annotations: Annotations): Readonly<Record<string, Entry>> {
  try {
    const entries = JSON.parse(annotations[rollAnnotation] ?? '{}') as unknown;
    return typeof entries === 'object' && entries !== null ? (entries as Record<string, Entry>) : {};
  } catch {
    return {};
  }
}
