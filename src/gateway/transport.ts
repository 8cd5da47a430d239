import { hash } from 'node:crypto';
import { Agent, request, type Dispatcher } from 'undici';
import { Deadline } from '../runtime/deadline.ts';
import { whileItLasts } from '../runtime/last-moment.ts';
import type { Tenure } from '../runtime/tenure.ts';
import { readBody, type Body, type Came } from './body.ts';
import { authorization, secretsOf, type Endpoint, type GatewayTls } from './endpoint.ts';
import { GatewayError } from './gateway-error.ts';
import { JsonFault } from './json-syntax.ts';
import { Limit } from './limit.ts';
import { retryAfterMs } from './retry-after.ts';
import { socketFailure, tooLarge } from '../runtime/socket-failure.ts';

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
  /** The largest answer that is read, where that is less than the connection's own limit. */
  readonly maxBytes?: number | undefined;
}

/** An answer of any status. Its body is taken apart when somebody asks for it. */
export class Reply {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  #bytes: Buffer;
  #body: Body | undefined;

  constructor(status: number, bytes: Buffer, retryAfterMs?: number) {
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.#bytes = bytes;
  }

  /** What two answers have in common that are the same to the byte. To be asked for before the body is. */
  digest(): string {
    return hash('sha256', this.#bytes, 'base64');
  }

  /** Parsed JSON; undefined where there is none. */
  get body(): unknown {
    return this.#read().value;
  }

  get came(): Came {
    return this.#read().came;
  }

  #read(): Body {
    if (this.#body === undefined) {
      this.#body = readBody(this.#bytes.toString('utf8'));
      this.#bytes = Buffer.alloc(0);
    }
    return this.#body;
  }
}

/** An answer of any status whose body is still to come. */
export interface OpenReply {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/** How a call went, for those who count. */
export interface Answered {
  readonly method: Call['method'];
  /** Undefined where there was no answer. */
  readonly status: number | undefined;
  readonly seconds: number;
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
  /** Told of every call that was sent; not of one that its caller called off. */
  readonly answered?: (call: Answered) => void;
}

/**
 * Speaks HTTP with one management API. Any answer is a value; none at all, or one that does not come to its end, is a
 * GatewayError `unavailable`. A redirect is an answer as any other: it is never followed, so credentials go nowhere else.
 */
export class Transport {
  readonly #endpoint: Endpoint;
  readonly #agent: Agent;
  readonly #userAgent: string;
  readonly #limit: Limit;
  readonly #answered: TransportOptions['answered'];
  readonly #timeoutMs: Readonly<Record<Call['method'], number>>;

  constructor(options: TransportOptions) {
    const { endpoint, readTimeoutMs = 10_000, writeTimeoutMs = 30_000 } = options;
    this.#endpoint = endpoint;
    this.#userAgent = options.userAgent ?? 'portcullis';
    this.#answered = options.answered;
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

  /** What no message may repeat: an answer may say anything. */
  get secrets(): readonly string[] {
    return secretsOf(this.#endpoint);
  }

  async call(call: Call, signal: AbortSignal): Promise<Reply> {
    return await this.#send(call, signal, async ({ statusCode: status, headers, body }) => {
      const bytes = await bytesOf(body, call.maxBytes ?? Infinity);
      return new Reply(status, bytes, retryAfterMs(headers['retry-after'], new Date()));
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
    using deadline = new Deadline(timeoutMs, [signal]);
    const { url, credentials } = this.#endpoint;
    const startedAt = performance.now();
    let status: number | undefined;
    const shown = call.anonymous === true ? undefined : authorization(credentials);
    try {
      const reply = await request(new URL(url.pathname.replace(/\/$/, '') + call.path, url), {
        dispatcher: call.tenure === undefined ? this.#agent : whileItLasts(this.#agent, call.tenure),
        method: call.method,
        signal: deadline.signal,
        headers: {
          accept: 'application/json',
          'user-agent': this.#userAgent,
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(shown === undefined ? {} : { authorization: shown }),
        },
        body: call.body === undefined ? null : JSON.stringify(call.body),
      });
      status = reply.statusCode;
      return await read(reply);
    } catch (cause) {
      if (signal.aborted) throw signal.reason as Error;
      const late = `it did not ${status === undefined ? 'answer' : 'come to the end of its answer'} within ${timeoutMs / 1000} s`;
      const why = deadline.isOver ? late : whyNot(cause, status);
      throw new GatewayError(`could not ${call.purpose} because ${why}`, {
        means: 'unavailable',
        status,
        cause,
      });
    } finally {
      if (!signal.aborted)
        this.#answered?.({ method: call.method, status, seconds: (performance.now() - startedAt) / 1000 });
    }
  }
}

function whyNot(cause: unknown, status: number | undefined): string {
  if (cause instanceof JsonFault) return `the answer ${cause.message}`;
  const what = cause instanceof TooLarge ? tooLarge : socketFailure(cause);
  if (status === undefined || what === tooLarge) return what;
  return `its answer, ${status}, broke off: ${what}`;
}

class TooLarge extends Error {}

/** All of it, while it is no larger than it may be. What is compressed was not asked for, and stays as it is. */
async function bytesOf(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    // Leaving the loop breaks the connection: the rest is not wanted.
    if (bytes > maxBytes) throw new TooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
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
