import { setTimeout as sleep } from 'node:timers/promises';
import type { Replica, Replicas } from '../support/replicas.ts';
import type { Chance } from './chance.ts';

/** The replicas of the controller, of which one after the other is ended in every way that there is. */
export class Crew {
  readonly #replicas: Replicas;
  readonly #chance: Chance;
  readonly #count: (what: string) => void;
  readonly #everyone: Replica[] = [];
  #alive: Replica[] = [];

  constructor(
    replicas: Replicas,
    { chance, count }: { readonly chance: Chance; readonly count: (what: string) => void },
  ) {
    this.#replicas = replicas;
    this.#chance = chance;
    this.#count = count;
  }

  /** All that ever were. */
  get everyone(): readonly Replica[] {
    return this.#everyone;
  }

  get alive(): readonly Replica[] {
    return this.#alive;
  }

  async hire(): Promise<void> {
    const replica = await this.#replicas.start(`controller-${this.#everyone.length + 1}`);
    this.#everyone.push(replica);
    this.#alive.push(replica);
  }

  /** Kill -9, and another one a little later. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
    this.#count('controllers killed');
  }

  /** As a rolling update does it. */
  async terminate(): Promise<void> {
    await this.#end('SIGTERM');
    this.#count('controllers terminated');
  }

  /** Longer than its Lease lasts, and then it goes on as if nothing had been. */
  async pause(leaseMs: number): Promise<void> {
    const replica = this.#chance.pick(this.#alive);
    await replica.signal('SIGSTOP');
    await sleep(leaseMs + this.#chance.between(500, 4000));
    await replica.signal('SIGCONT');
    this.#count('controllers paused beyond their Lease');
  }

  /** The API server takes its time for what one of them writes. */
  async slow(): Promise<void> {
    const { api } = this.#chance.pick(this.#alive);
    api.writesTakeMs = this.#chance.between(50, 800);
    await sleep(this.#chance.between(2000, 8000));
    api.writesTakeMs = 0;
    this.#count('times of a slow API server');
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const replica = this.#chance.pick(this.#alive);
    await replica.signal(signal);
    await replica.ended;
    this.#alive = this.#alive.filter((one) => one !== replica);
    await sleep(this.#chance.between(0, 3000));
    await this.hire();
  }
}
