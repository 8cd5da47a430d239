import { readFile } from 'node:fs/promises';
import { Agent, request, type Dispatcher } from 'undici';
import type { Sensitive } from '../src/runtime/sensitive.ts';
import { socketFailure, tooLarge } from '../src/runtime/socket-failure.ts';
import { complaintOf, type Advice, type VaultAnswer } from './vault-answer.ts';
import { VaultError } from './vault-error.ts';

/** Where Vault is. */
export interface VaultPlace {
  readonly address: URL;
  /** Of Vault Enterprise and of OpenBao; the root namespace where absent. */
  readonly namespace?: string | undefined;
  /** PEM of those who may have signed Vault's certificate; the system's own CAs where absent. */
  readonly caFile?: string | undefined;
}

export interface VaultCall {
  readonly method: 'GET' | 'POST';
  /** Below `/v1/`, such as `pki/sign/webhook`; its segments are encoded here. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly token?: Sensitive | undefined;
  /** Completes "could not …". */
  readonly purpose: string;
  readonly advice: Advice;
  /** What is sent beside the token and may not be seen. */
  readonly secrets?: readonly Sensitive[];
}

export type VaultBody = Readonly<Record<string, unknown>>;

/** A chain of ten certificates of 4096 bits has 25 KiB. */
const maxAnswerBytes = 256 * 1024;
const timeoutMs = 15_000;

/**
 * Speaks HTTP with Vault. A call gives the JSON object of a success; anything else is a `VaultError`. Calls come hours
 * apart, so each has a connection of its own and reads the CA file anew.
 */
export class VaultTransport {
  readonly #place: VaultPlace;

  constructor(place: VaultPlace) {
    this.#place = place;
  }

  async call(call: VaultCall): Promise<VaultBody> {
    const sent = [call.token, ...(call.secrets ?? [])].filter((secret) => secret !== undefined);
    const hide = sent.map((secret) => secret.reveal());
    const answer = await this.#exchange(call, hide);
    const complaint = complaintOf(answer, call.advice);
    const { status, body } = answer;
    if (complaint !== undefined || body === undefined)
      throw new VaultError(`could not ${call.purpose} because ${complaint?.why ?? 'it answered nothing'}`, {
        means: complaint?.means ?? 'unavailable',
        status,
        hide,
      });
    return body;
  }

  async #exchange(call: VaultCall, hide: readonly string[]): Promise<VaultAnswer> {
    const ca = await this.#ca(call.purpose);
    const agent = new Agent({
      connections: 1,
      maxResponseSize: maxAnswerBytes,
      connect: { timeout: 5000, ...(ca === undefined ? {} : { ca }) },
    });
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const reply = await request(this.#url(call.path), {
        dispatcher: agent,
        method: call.method,
        signal: deadline,
        headers: this.#headers(call),
        body: call.body === undefined ? null : JSON.stringify(call.body),
      });
      return await answerIn(reply);
    } catch (cause) {
      const why = deadline.aborted ? `it did not answer within ${timeoutMs / 1000} s` : failure(cause);
      const { host } = this.#place.address;
      // No cause: what undici throws may repeat the head of the request.
      throw new VaultError(`could not ${call.purpose} at ${host} because ${why}`, {
        means: 'unavailable',
        hide,
      });
    } finally {
      await agent.destroy();
    }
  }

  #headers({ token, body }: VaultCall): Record<string, string> {
    const { namespace } = this.#place;
    return {
      accept: 'application/json',
      'user-agent': 'portcullis-webhook',
      // The listener of a Vault Agent or Proxy may ask for it, so that nobody can be made to send requests for others.
      'x-vault-request': 'true',
      ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
      ...(token === undefined ? {} : { 'x-vault-token': token.reveal() }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
  }

  #url(path: string): URL {
    const { address } = this.#place;
    const segments = path.split('/').map((segment) => encodeURIComponent(segment));
    return new URL(`${address.pathname.replace(/\/+$/, '')}/v1/${segments.join('/')}`, address);
  }

  async #ca(purpose: string): Promise<string | undefined> {
    const { caFile } = this.#place;
    if (caFile === undefined) return undefined;
    try {
      return await readFile(caFile, 'utf8');
    } catch (cause) {
      const message = `could not ${purpose} because the CA file of PORTCULLIS_VAULT_CA_FILE can not be read`;
      throw new VaultError(message, { means: 'unavailable', cause });
    }
  }
}

async function answerIn({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<VaultAnswer> {
  const { location } = headers;
  return {
    status: statusCode,
    body: objectIn(await body.text()),
    location: typeof location === 'string' ? location : undefined,
  };
}

function objectIn(text: string): VaultBody | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is VaultBody {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object at a key of an answer; empty where there is none. */
export function objectAt(body: VaultBody, key: string): VaultBody {
  const value = body[key];
  return isObject(value) ? value : {};
}

function failure(cause: unknown): string {
  const what = socketFailure(cause);
  if (what === tooLarge) return `${what}: what answers there is no Vault`;
  if (what.startsWith('its certificate is not signed'))
    return `${what}; name the CA of Vault by PORTCULLIS_VAULT_CA_FILE`;
  return what;
}
