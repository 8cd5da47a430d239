import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import type { BareObject, ResourceType } from '../../../src/kube/resource.ts';

export const thingType: ResourceType = {
  group: 'example.com',
  version: 'v1',
  plural: 'things',
  kind: 'Thing',
  namespaced: true,
};

export interface Thing extends BareObject {
  readonly spec?: { readonly color?: string };
}

export function thing(name: string, resourceVersion: string, color = 'red'): Thing {
  const metadata = { namespace: 'shop', name, uid: `uid-${name}`, resourceVersion };
  return { apiVersion: 'example.com/v1', kind: 'Thing', metadata, spec: { color } };
}

export type Respond = (response: ServerResponse, request: IncomingMessage, url: URL) => void;

/** Asks that come while nothing is prepared for them get this. */
const quietWatch: Respond = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
};

/** An HTTP server that plays an API server: it answers lists and watches with what a test has prepared, in order. */
export class ScriptedApiServer {
  readonly requests: URL[] = [];
  readonly #lists: Respond[] = [];
  readonly #watches: Respond[] = [];
  readonly #others: Respond[] = [];
  readonly #server = createServer((request, response) => this.#answer(request, response));
  /** The watches that are open. */
  readonly streams = new Set<ServerResponse>();

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  kubeConfig(): KubeConfig {
    const { port } = this.#server.address() as AddressInfo;
    const kubeConfig = new KubeConfig();
    const server = `http://127.0.0.1:${port}`;
    kubeConfig.loadFromClusterAndUser({ name: 'scripted', server, skipTLSVerify: true }, { name: 'tester' });
    return kubeConfig;
  }

  /** The next lists are answered like this; the last answer stands for all that follow. */
  onList(...responds: readonly Respond[]): this {
    this.#lists.push(...responds);
    return this;
  }

  onWatch(...responds: readonly Respond[]): this {
    this.#watches.push(...responds);
    return this;
  }

  onOther(...responds: readonly Respond[]): this {
    this.#others.push(...responds);
    return this;
  }

  lists(): readonly URL[] {
    return this.requests.filter((url) => !url.searchParams.has('watch'));
  }

  watches(): readonly URL[] {
    return this.requests.filter((url) => url.searchParams.has('watch'));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://api');
    this.requests.push(url);
    if (request.method !== 'GET') next(this.#others, status(405))(response, request, url);
    else if (url.searchParams.has('watch')) {
      this.streams.add(response);
      response.on('close', () => this.streams.delete(response));
      (this.#watches.shift() ?? quietWatch)(response, request, url);
    } else next(this.#lists, status(404))(response, request, url);
  }
}

function next(prepared: Respond[], otherwise: Respond): Respond {
  return (prepared.length > 1 ? prepared.shift() : prepared[0]) ?? otherwise;
}

/** A page of a list. */
export function page(resourceVersion: string, items: readonly BareObject[], continueToken?: string): Respond {
  const metadata = { resourceVersion, ...(continueToken !== undefined && { continue: continueToken }) };
  return json(200, { kind: 'ThingList', apiVersion: 'example.com/v1', metadata, items });
}

/** A failure as the API server words it. */
export function status(
  code: number,
  reason = 'Broken',
  headers: Readonly<Record<string, string>> = {},
): Respond {
  return json(code, { kind: 'Status', status: 'Failure', code, reason, message: `said ${reason}` }, headers);
}

export function json(code: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Respond {
  return (response) => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

export type EventLine = readonly ['ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR', unknown];

function write(response: ServerResponse, lines: readonly EventLine[]): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  for (const [type, object] of lines) response.write(`${JSON.stringify({ type, object })}\n`);
}

/** A watch that tells this and stays open. */
export function stream(...lines: readonly EventLine[]): Respond {
  return (response) => write(response, lines);
}

/** A watch that tells this and ends in good order. */
export function ending(...lines: readonly EventLine[]): Respond {
  return (response) => {
    write(response, lines);
    response.end();
  };
}

/** A watch whose connection is reset when it has told this. */
export function resetting(...lines: readonly EventLine[]): Respond {
  return (response) => {
    write(response, lines);
    setTimeout(() => response.socket?.resetAndDestroy(), 20);
  };
}

export const reset: Respond = (response) => response.socket?.resetAndDestroy();
