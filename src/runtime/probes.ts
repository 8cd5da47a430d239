import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

export interface ProbeOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Why the process is not ready, reason by reason; empty means ready. */
  readonly ready: () => readonly string[];
  readonly registry: Registry;
}

export interface Probes {
  readonly port: number;
  /** Settles when the server has closed. */
  readonly done: Promise<void>;
}

/**
 * Serves `/healthz`, `/readyz` and `/metrics` over plain HTTP until `signal` aborts. Nothing here is secret, and the
 * kubelet has no certificate to show.
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

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type?: string;
}

function answer(options: ProbeOptions): RequestListener {
  return (request, response) => {
    void page(options, request.method ?? '', request.url?.split('?')[0] ?? '').then(
      ({ status, body, type }) => {
        response.writeHead(status, {
          'content-type': type ?? 'text/plain; charset=utf-8',
          'cache-control': 'no-store',
        });
        response.end(body);
      },
    );
  };
}

async function page({ ready, registry }: ProbeOptions, method: string, path: string): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, body: 'only GET is answered here\n' };
  switch (path) {
    case '/healthz':
      return { status: 200, body: 'ok\n' };
    case '/readyz': {
      const reasons = ready();
      if (reasons.length === 0) return { status: 200, body: 'ok\n' };
      return { status: 503, body: `not ready:\n${reasons.map((reason) => `  ${reason}\n`).join('')}` };
    }
    case '/metrics':
      try {
        return { status: 200, body: await registry.metrics(), type: registry.contentType };
      } catch {
        return { status: 500, body: 'the metrics could not be collected\n' };
      }
    default:
      return { status: 404, body: 'here are /healthz, /readyz and /metrics\n' };
  }
}
