import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Authority, Grant } from './authority.ts';

export interface Asked {
  /** Method and path below `/v1/`. */
  readonly what: string;
  readonly token: string | undefined;
  readonly namespace: string | undefined;
  readonly body: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * As much of Vault's API as we use, for what the real one does not do when it is asked to: time that a test moves,
 * answers that are wrong. What it says in earnest is as the real one says it; test/cluster/certs/vault*.test.ts are with
 * the real one.
 */
export class FakeVault {
  readonly asked: Asked[] = [];
  /** Answers in the place of Vault; undefined leaves it to Vault. */
  odd: (asked: Asked) => Answer | undefined = () => undefined;
  /** Tokens that it takes. */
  readonly tokens = new Set<string>();
  /** Of every token that is given out or renewed. */
  lease = { seconds: 3600, renewable: true };
  authority: Authority;
  grant: Grant;
  readonly #server: Server;
  readonly #scheme: 'http' | 'https';
  #given = 0;

  constructor(
    signing: { readonly authority: Authority; readonly grant: Grant },
    tls?: { readonly cert: string; readonly key: string },
  ) {
    this.authority = signing.authority;
    this.grant = signing.grant;
    const listener: RequestListener = (request, response) => {
      void this.#answerTo(request).then(({ status, body, headers = {} }) => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(typeof body === 'string' ? body : JSON.stringify(body ?? {}));
      });
    };
    this.#scheme = tls === undefined ? 'http' : 'https';
    this.#server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get address(): URL {
    return new URL(`${this.#scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`);
  }

  /** What was asked, in order, without the rest. */
  get calls(): readonly string[] {
    return this.asked.map(({ what }) => what);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answerTo(request: IncomingMessage): Promise<Answer> {
    const { 'x-vault-token': token, 'x-vault-namespace': namespace } = request.headers;
    const sent = await text(request);
    const asked: Asked = {
      what: `${request.method} ${request.url?.replace('/v1/', '')}`,
      token: token as string | undefined,
      namespace: namespace as string | undefined,
      body: sent === '' ? {} : (JSON.parse(sent) as Record<string, string>),
    };
    this.asked.push(asked);
    return this.odd(asked) ?? this.#earnest(asked);
  }

  #earnest({ what, token = '', body }: Asked): Answer {
    if (/^POST auth\/.*\/login$/.test(what)) return this.#auth((this.#given += 1));
    if (!this.tokens.has(token)) return { status: 403, body: { errors: ['permission denied'] } };
    if (what === 'GET auth/token/lookup-self')
      return { status: 200, body: { data: { ttl: this.lease.seconds, renewable: this.lease.renewable } } };
    if (what === 'POST auth/token/renew-self') return this.#auth(this.#given, token);
    if (what !== 'POST pki/sign/webhook') return { status: 404, body: { errors: [] } };
    const [issuing] = this.authority.chain;
    const certificate = this.authority.sign(body.csr ?? '', this.grant);
    return {
      status: 200,
      body: { data: { certificate, issuing_ca: issuing, ca_chain: this.authority.chain } },
    };
  }

  #auth(number: number, token = `hvs.token-${number}`): Answer {
    this.tokens.add(token);
    const { seconds: lease_duration, renewable } = this.lease;
    return { status: 200, body: { auth: { client_token: token, lease_duration, renewable } } };
  }
}
