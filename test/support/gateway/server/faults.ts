/** Something that goes wrong with certain calls. */
export interface Fault {
  /** Any method when absent. */
  readonly method?: string;
  /** The path behind the base; `*` stands for anything. Any path when absent. */
  readonly path?: string | RegExp;
  /** `management` when absent. */
  readonly port?: 'management' | 'admin';
  /** Matching calls that still go well. */
  readonly skip?: number;
  /** Matching calls that go wrong; for ever when absent. */
  readonly times?: number;
  /** Time before the call is looked at, in milliseconds. */
  readonly delayMs?: number;
  /** Answered in place of the true answer. */
  readonly status?: number;
  readonly body?: string;
  readonly retryAfterSeconds?: number;
  /**
   * `reset before`: the connection breaks and nothing happens. `reset after`: what was asked happens, then the
   * connection breaks. `lost answer`: what was asked happens, the connection stays and nothing ever comes.
   */
  readonly connection?: 'reset before' | 'reset after' | 'lost answer';
  /** With `status`: what was asked happens all the same. */
  readonly afterEffect?: boolean;
}

export interface SetFault {
  readonly id: number;
  readonly fault: Fault;
  /** Calls that it met. */
  readonly taken: number;
  remove(): void;
}

/** The faults that are set. The one that was set first wins. */
export class Faults {
  #set: FaultInForce[] = [];
  #lastId = 0;

  add(fault: Fault): SetFault {
    this.#lastId += 1;
    const force = new FaultInForce(this.#lastId, fault, () => this.remove(force.id));
    this.#set.push(force);
    return force;
  }

  remove(id: number): void {
    this.#set = this.#set.filter((force) => force.id !== id);
  }

  clear(): void {
    this.#set = [];
  }

  get list(): readonly SetFault[] {
    return this.#set;
  }

  /** The fault that this call meets, which is thereby counted. */
  take(port: 'management' | 'admin', method: string, path: string): Fault | undefined {
    return this.#set.find((force) => force.matches(port, method, path) && force.meet())?.fault;
  }
}

class FaultInForce implements SetFault {
  readonly id: number;
  readonly fault: Fault;
  readonly #remove: () => void;
  #skipped = 0;
  #taken = 0;

  constructor(id: number, fault: Fault, remove: () => void) {
    this.id = id;
    this.fault = fault;
    this.#remove = remove;
  }

  get taken(): number {
    return this.#taken;
  }

  remove(): void {
    this.#remove();
  }

  matches(port: 'management' | 'admin', method: string, path: string): boolean {
    const { fault } = this;
    if ((fault.port ?? 'management') !== port) return false;
    if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
    if (fault.path === undefined) return true;
    return typeof fault.path === 'string' ? wildcard(fault.path).test(path) : fault.path.test(path);
  }

  /** Counts the call; false when this fault lets it pass. */
  meet(): boolean {
    if (this.#skipped < (this.fault.skip ?? 0)) {
      this.#skipped += 1;
      return false;
    }
    if (this.fault.times !== undefined && this.#taken >= this.fault.times) return false;
    this.#taken += 1;
    return true;
  }
}

function wildcard(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}
