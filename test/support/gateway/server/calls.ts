/** A call that was made, for assertions. */
export interface RecordedCall {
  readonly port: 'management' | 'admin';
  readonly method: string;
  /** Behind the base path, without the query. */
  readonly path: string;
  readonly query: string;
  readonly body: string;
  /** What the caller calls itself. */
  readonly userAgent: string;
  /** Who made it, when the credentials were good. */
  readonly user: string | undefined;
  /** 0 while, and for ever if, nothing was answered. */
  readonly status: number;
  readonly at: Date;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Notes every call in the order in which they arrived. */
export class Calls {
  #list: Writable<RecordedCall>[] = [];

  get list(): readonly RecordedCall[] {
    return this.#list;
  }

  clear(): void {
    this.#list = [];
  }

  /** The returned note is completed once the call is answered. */
  begin(call: Omit<RecordedCall, 'status' | 'at' | 'user'>): Writable<RecordedCall> {
    const note = { ...call, user: undefined, status: 0, at: new Date() };
    this.#list.push(note);
    return note;
  }
}
