import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metricsPage, type Answer, type MetricsPageOptions } from './metrics-page.ts';

export interface ProbeOptions extends MetricsPageOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Why the process is not ready, reason by reason; empty means ready. */
  readonly ready: () => readonly string[];
}

export interface Probes {
  readonly port: number;
  /** Settles when the server has closed. */
  readonly done: Promise<void>;
}

/**
 * Serves `/healthz`, `/readyz` and `/metrics` over plain HTTP until `signal` aborts. Probes are for anyone: the
 * kubelet has no certificate to show, and nothing in them is secret. Whether metrics are, `admit` says.
 */
export async function serveProbes(options: ProbeOptions, signal: AbortSignal): Promise<Probes> {
  const server = createServer(answer(options));
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const done = once(server, 'close').then(() => undefined);
  const close = () => {
    server.close();
    server.closeIdleConnections();
  };
  if (signal.aborted) close();
  else signal.addEventListener('abort', close, { once: true });
  return { port: (server.address() as AddressInfo).port, done };
}

function answer(options: ProbeOptions): RequestListener {
  return (request, response) => {
    void page(options, request).then(({ status, body, type, headers }) => {
      response.writeHead(status, {
        'content-type': type ?? 'text/plain; charset=utf-8',
        'cache-control': 'no-store',
        ...headers,
      });
      response.end(body);
    });
  };
}

async function page(options: ProbeOptions, { method, url, headers }: IncomingMessage): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, body: 'only GET is answered here\n' };
  switch ((url ?? '').split('?')[0] ?? '') {
    case '/healthz':
      return { status: 200, body: 'ok\n' };
    case '/readyz': {
      const reasons = options.ready();
      if (reasons.length === 0) return { status: 200, body: 'ok\n' };
      return { status: 503, body: `not ready:\n${reasons.map((reason) => `  ${reason}\n`).join('')}` };
    }
    case '/metrics':
      return await metricsPage(options, headers.authorization);
    default:
      return { status: 404, body: 'here are /healthz, /readyz and /metrics\n' };
  }
}
