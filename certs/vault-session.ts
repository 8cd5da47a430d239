import type { Clock } from '../src/runtime/clock.ts';
import type { Sensitive } from '../src/runtime/sensitive.ts';
import { VaultError } from './vault-error.ts';
import { logIn, tokenIn, type VaultLogin, type VaultToken } from './vault-login.ts';
import type { VaultBody, VaultCall, VaultTransport } from './vault-transport.ts';

interface Held {
  readonly token: Sensitive;
  /** When it ends; never, where nobody says when. */
  readonly endsAt: number;
  /** When it is renewed; never, where it can't be. */
  readonly renewAt: number;
}

/** A token is renewed when two thirds of its life are over. */
const renewalShare = 2 / 3;

/**
 * A token of Vault, for as long as one is needed: logged in for, renewed, and logged in for anew when Vault renews it no
 * longer or does not take it any more.
 */
export class VaultSession {
  readonly #login: VaultLogin;
  readonly #transport: VaultTransport;
  readonly #clock: Pick<Clock, 'now'>;
  #held: Held | undefined;

  constructor(
    login: VaultLogin,
    dependencies: { readonly transport: VaultTransport; readonly clock: Pick<Clock, 'now'> },
  ) {
    this.#login = login;
    this.#transport = dependencies.transport;
    this.#clock = dependencies.clock;
  }

  /** When the token is to be renewed; undefined where it is not. */
  get renewAt(): Date | undefined {
    const { renewAt = Infinity } = this.#held ?? {};
    return renewAt === Infinity ? undefined : new Date(renewAt);
  }

  /** Makes a call with a token. One that Vault takes no longer is replaced once; a new one that is refused lacks the right. */
  async call(call: Omit<VaultCall, 'token'>): Promise<VaultBody> {
    const held = this.#current();
    if (held !== undefined)
      try {
        return await this.#transport.call({ ...call, token: held.token });
      } catch (error) {
        if (!isForbidden(error)) throw error;
        this.#held = undefined;
      }
    const { token } = await this.#loggedIn();
    return await this.#transport.call({ ...call, token });
  }

  /** Renews the token where that is due. One that can't be renewed is left to its end: the next call logs in again. */
  async keep(): Promise<void> {
    const held = this.#current();
    if (held === undefined || this.#clock.now().getTime() < held.renewAt) return;
    const hint = 'it is logged in again when the token is needed';
    try {
      const answer = await this.#transport.call({
        method: 'POST',
        path: 'auth/token/renew-self',
        body: {},
        token: held.token,
        purpose: 'renew the token of Vault',
        advice: { refused: hint, forbidden: hint, absent: hint },
      });
      this.#held = this.#renewed(held, tokenIn(answer));
    } catch (error) {
      if (!(error instanceof VaultError) || error.means === 'unavailable') throw error;
      this.#held = error.means === 'forbidden' ? undefined : { ...held, renewAt: Infinity };
    }
  }

  #current(): Held | undefined {
    if (this.#held !== undefined && this.#clock.now().getTime() >= this.#held.endsAt) this.#held = undefined;
    return this.#held;
  }

  async #loggedIn(): Promise<Held> {
    this.#held = this.#heldFrom(await logIn(this.#login, this.#transport));
    return this.#held;
  }

  #heldFrom({ token, lifeMs, renewable }: VaultToken): Held {
    const now = this.#clock.now().getTime();
    const endsAt = lifeMs === undefined ? Infinity : now + lifeMs;
    return { token, endsAt, renewAt: renewable ? now + (endsAt - now) * renewalShare : Infinity };
  }

  /** What a renewal did not prolong has come to the longest life that Vault gives it: more of them would gain nothing. */
  #renewed(before: Held, answered: VaultToken | undefined): Held {
    if (answered === undefined) return { ...before, renewAt: Infinity };
    const held = this.#heldFrom(answered);
    return held.endsAt <= before.endsAt + leastGainMs ? { ...held, renewAt: Infinity } : held;
  }
}

/** Vault counts in whole seconds, which alone may make a token seem to last longer. */
const leastGainMs = 1000;

function isForbidden(error: unknown): boolean {
  return error instanceof VaultError && error.means === 'forbidden';
}
