import { createServer, request, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Met {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

/** Stands where a gateway is looked for: hands on what is asked, until it is told to answer itself. */
export interface Impostor {
  readonly url: string;
  /** What it was asked, by whom, whoever answered. */
  readonly met: readonly Met[];
  /** From now on it answers like this what matches, as `GET /path`; undefined: it hands everything on again. */
  answers(how: RequestListener | undefined, what?: RegExp): void;
  stop(): Promise<void>;
}

interface ImpostorOptions {
  /** The gateway behind it. */
  readonly behind?: string;
  readonly tls?: { readonly cert: string; readonly key: string };
  /** The port of one that was there before; a free one where absent. */
  readonly port?: number;
}

export async function startImpostor(options: ImpostorOptions = {}): Promise<Impostor> {
  const met: Met[] = [];
  let how: RequestListener | undefined;
  let what = /^/;
  const listener: RequestListener = (incoming, response) => {
    const { method = '', url = '', headers } = incoming;
    met.push({ method, path: url, authorization: headers.authorization });
    if (how !== undefined && what.test(`${method} ${url}`)) how(incoming, response);
    else
      handOn(incoming, options.behind ?? '').then(
        ({ status, body, type }) => response.writeHead(status, { 'content-type': type }).end(body),
        () => response.destroy(),
      );
  };
  const server: Server = options.tls ? createSecureServer(options.tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    met,
    answers: (next, matching = /^/) => {
      how = next;
      what = matching;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handOn(incoming: IncomingMessage, behind: string) {
  const body = await text(incoming);
  return await new Promise<{ status: number; body: string; type: string }>((resolve, reject) => {
    const { method, url = '', headers } = incoming;
    const onward = request(new URL(url, behind), { method, headers }, (answer) => {
      text(answer).then(
        (said) =>
          resolve({
            status: answer.statusCode ?? 500,
            body: said,
            type: answer.headers['content-type'] ?? 'application/json',
          }),
        reject,
      );
    });
    onward.on('error', reject);
    onward.end(body);
  });
}
