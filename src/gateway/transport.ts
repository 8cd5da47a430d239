import { Agent, request, type Dispatcher } from 'undici';
import { whileItLasts } from '../runtime/last-moment.ts';
import type { Tenure } from '../runtime/tenure.ts';
import { authorization, type Endpoint, type GatewayTls } from './endpoint.ts';
import { GatewayError } from './gateway-error.ts';
import { JsonFault } from './json-syntax.ts';
import { Limit } from './limit.ts';
import { retryAfterMs } from './retry-after.ts';
import { socketFailure } from './socket-failure.ts';

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Absolute, such as `/api/management/v1/…`, every segment encoded. */
  readonly path: string;
  readonly body?: unknown;
  /** What the call is for; completes "could not …". */
  readonly purpose: string;
  /** Whether to go without credentials. */
  readonly anonymous?: boolean;
  /** The call is sent while it lasts, and called off when it ends. What writes has one. */
  readonly tenure?: Tenure | undefined;
}

/** An answer of any status. */
export interface Reply {
  readonly status: number;
  /** Parsed JSON; undefined where there is none. */
  readonly body: unknown;
  readonly retryAfterMs: number | undefined;
}

/** An answer of any status whose body is still to come. */
export interface OpenReply {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface TransportOptions {
  readonly endpoint: Endpoint;
  /** Who we are, for the gateway's own log. */
  readonly userAgent?: string | undefined;
  /** For one whole call that reads or writes, its time in line not counted. */
  readonly readTimeoutMs?: number;
  readonly writeTimeoutMs?: number;
  /** The largest answer that is read; a list of 5 000 APIs of 4 KiB has 20 MiB. */
  readonly maxResponseBytes?: number;
}

/** Speaks HTTP with one management API. Any answer is a value; none at all is a GatewayError `unavailable`. */
export class Transport {
  readonly #endpoint: Endpoint;
  readonly #agent: Agent;
  readonly #userAgent: string;
  readonly #limit: Limit;
  readonly #timeoutMs: Readonly<Record<Call['method'], number>>;

  constructor(options: TransportOptions) {
    const { endpoint, readTimeoutMs = 10_000, writeTimeoutMs = 30_000 } = options;
    this.#endpoint = endpoint;
    this.#userAgent = options.userAgent ?? 'portcullis';
    this.#limit = new Limit(endpoint.maxConcurrency);
    this.#timeoutMs = {
      GET: readTimeoutMs,
      POST: writeTimeoutMs,
      PUT: writeTimeoutMs,
      DELETE: writeTimeoutMs,
    };
    this.#agent = new Agent({
      connections: endpoint.maxConcurrency,
      connect: { timeout: 5000, ...tlsOptions(endpoint.tls) },
      keepAliveTimeout: 30_000,
      maxResponseSize: options.maxResponseBytes ?? 64 * 1024 * 1024,
    });
  }

  async call(call: Call, signal: AbortSignal): Promise<Reply> {
    return await this.#send(call, signal, async ({ statusCode: status, headers, body }) => {
      const text = await body.text();
      return { status, body: parsed(text), retryAfterMs: retryAfterMs(headers['retry-after'], new Date()) };
    });
  }

  /** Hands on an answer while it comes in, for what is too large to be held; what `read` leaves is thrown away. */
  async stream<T>(call: Call, signal: AbortSignal, read: (reply: OpenReply) => Promise<T>): Promise<T> {
    return await this.#send(call, signal, async ({ statusCode: status, body }) => {
      const result = await read({ status, body });
      if (!body.readableEnded && !body.destroyed) await body.dump();
      return result;
    });
  }

  /** Ends every connection; calls under way fail. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #send<T>(call: Call, signal: AbortSignal, read: (reply: Dispatcher.ResponseData) => Promise<T>) {
    const { tenure } = call;
    const called = tenure === undefined ? signal : AbortSignal.any([signal, tenure.signal]);
    const leave = await this.#limit.enter(called);
    try {
      return await this.#exchange(call, called, read);
    } finally {
      leave();
    }
  }

  async #exchange<T>(
    call: Call,
    signal: AbortSignal,
    read: (reply: Dispatcher.ResponseData) => Promise<T>,
  ): Promise<T> {
    const timeoutMs = this.#timeoutMs[call.method];
    const deadline = AbortSignal.timeout(timeoutMs);
    const { url, credentials } = this.#endpoint;
    const shown = call.anonymous === true ? undefined : authorization(credentials);
    try {
      const reply = await request(new URL(url.pathname.replace(/\/$/, '') + call.path, url), {
        dispatcher: call.tenure === undefined ? this.#agent : whileItLasts(this.#agent, call.tenure),
        method: call.method,
        signal: AbortSignal.any([signal, deadline]),
        headers: {
          accept: 'application/json',
          'user-agent': this.#userAgent,
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(shown === undefined ? {} : { authorization: shown }),
        },
        body: call.body === undefined ? null : JSON.stringify(call.body),
      });
      return await read(reply);
    } catch (cause) {
      if (signal.aborted) throw signal.reason as Error;
      const why = deadline.aborted ? `it did not answer within ${timeoutMs / 1000} s` : whyNot(cause);
      throw new GatewayError(`could not ${call.purpose} because ${why}`, { means: 'unavailable', cause });
    }
  }
}

function whyNot(cause: unknown): string {
  return cause instanceof JsonFault ? `the answer ${cause.message}` : socketFailure(cause);
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

function tlsOptions({ ca, clientCertificate, insecureSkipVerify }: GatewayTls) {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(clientCertificate === undefined
      ? {}
      : { cert: clientCertificate.certificate, key: clientCertificate.key.reveal() }),
    ...(insecureSkipVerify === true ? { rejectUnauthorized: false } : {}),
  };
}
