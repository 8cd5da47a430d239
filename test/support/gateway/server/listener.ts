import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Calls } from './calls.ts';
import type { Faults } from './faults.ts';
import type { RawReply, RawRequest } from './http.ts';
import { withoutBase } from './http.ts';

export interface TlsOptions {
  readonly cert: string;
  readonly key: string;
  /** Client certificates signed by it are then required. */
  readonly ca?: string;
}

interface ListenerOptions {
  readonly port: 'management' | 'admin';
  readonly host: string;
  readonly base: string;
  readonly tls?: TlsOptions | undefined;
}

interface ListenerDependencies {
  readonly faults: Faults;
  readonly calls: Calls;
  answer(raw: RawRequest): RawReply & { readonly user?: string | undefined };
  /** Answers what belongs to the emulator and not to the gateway; neither recorded nor faulty. */
  control?(raw: RawRequest): RawReply | undefined;
}

/** One port: reads requests, lets faults happen, notes calls. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #dependencies: ListenerDependencies;
  #server: Server | undefined;
  #port = 0;

  constructor(options: ListenerOptions, dependencies: ListenerDependencies) {
    this.#options = options;
    this.#dependencies = dependencies;
  }

  get url(): string {
    const { host, tls } = this.#options;
    return `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${this.#port}`;
  }

  /** Listens on a free port for 0; returns the one that it is. */
  async listen(port: number): Promise<number> {
    const { host, tls } = this.#options;
    const handle = (request: IncomingMessage, response: ServerResponse): void => {
      this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    };
    const server =
      tls === undefined
        ? createServer(handle)
        : createSecureServer(
            { ...tls, requestCert: tls.ca !== undefined, rejectUnauthorized: tls.ca !== undefined },
            handle,
          );
    // As Go's server does; Node's own 5 s would break connections that a client has just taken from its pool.
    server.keepAliveTimeout = 0;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    return this.#port;
  }

  /** Breaks all connections, those of lost answers too. */
  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = await read(request);
    const { faults, calls } = this.#dependencies;
    const own = this.#dependencies.control?.(raw);
    if (own !== undefined) {
      send(response, own);
      return;
    }
    const { path } = withoutBase(raw.path, this.#options.base);
    const { method, body, userAgent } = raw;
    const query = raw.query.toString();
    const note = calls.begin({ port: this.#options.port, method, path, query, body, userAgent });
    const fault = faults.take(this.#options.port, method, path);
    if (fault?.delayMs !== undefined) await sleep(fault.delayMs);
    // The gateway went down meanwhile; a caller that only lost patience does not keep it from working.
    if (this.#server === undefined) return;
    if (fault?.connection === 'reset before') {
      reset(request);
      return;
    }
    const retry = fault?.retryAfterSeconds;
    const headers = retry === undefined ? {} : { 'Retry-After': String(retry) };
    const faked =
      fault?.status === undefined ? undefined : { status: fault.status, headers, body: fault.body ?? '' };
    let reply: RawReply;
    if (faked === undefined || fault?.afterEffect === true) {
      const { user, ...answered } = this.#dependencies.answer(raw);
      note.user = user;
      reply = faked ?? { ...answered, headers: { ...answered.headers, ...headers } };
    } else {
      reply = faked;
    }
    if (fault?.connection === 'reset after') {
      reset(request);
      return;
    }
    if (fault?.connection === 'lost answer') return;
    note.status = reply.status;
    send(response, reply);
  }
}

async function read(request: IncomingMessage): Promise<RawRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = request.url ?? '/';
  const at = url.indexOf('?');
  return {
    method: request.method ?? 'GET',
    path: at < 0 ? url : url.slice(0, at),
    query: new URLSearchParams(at < 0 ? '' : url.slice(at + 1)),
    authorization: request.headers.authorization,
    userAgent: request.headers['user-agent'] ?? '',
    contentType: request.headers['content-type'] ?? '',
    body: Buffer.concat(chunks).toString(),
  };
}

function send(response: ServerResponse, { status, headers, body }: RawReply): void {
  const length = status === 204 ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  response.writeHead(status, { ...headers, ...length }).end(body);
}

/** A TCP reset, as a process that dies gives it. */
function reset(request: IncomingMessage): void {
  request.socket.resetAndDestroy();
}
