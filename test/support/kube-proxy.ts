import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Agent, request as send } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { loadKubeConfig } from '../../src/kube/client.ts';

export interface KubeCall {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly at: number;
}

export interface KubeProxy {
  readonly kubeconfig: string;
  readonly url: string;
  /** Everything that came, in the order in which it came in whole. */
  readonly calls: readonly KubeCall[];
  /** How long a write is kept before it goes on, in milliseconds. */
  writesTakeMs: number;
  /** What never goes on, and is never answered. */
  isLost(call: KubeCall): boolean;
  stop(): Promise<void>;
}

/** One client's own way to the API server, as the admin: what it sends is noted here, and nowhere mixed with others'. */
export async function startKubeProxy(adminKubeconfig: string, file: string): Promise<KubeProxy> {
  const admin = loadKubeConfig({ path: adminKubeconfig });
  const options = {};
  await admin.applyToHTTPSOptions(options);
  const target = new URL(admin.getCurrentCluster()?.server ?? '');
  const agent = new Agent({ ...options, keepAlive: true });
  const calls: KubeCall[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = 'GET', url = '/' } = request;
    const call: KubeCall = { method, path: url.split('?')[0] ?? '', at: performance.now() };
    calls.push(call);
    if (proxy.isLost(call)) return;
    if (method !== 'GET' && proxy.writesTakeMs > 0) await sleep(proxy.writesTakeMs);
    const { host: _host, ...headers } = request.headers;
    const onwards = send({ agent, hostname: target.hostname, port: target.port, method, path: url, headers });
    onwards.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.on('error', () => response.destroy());
      answer.pipe(response);
    });
    onwards.on('error', () => response.destroy());
    response.on('close', () => onwards.destroy());
    onwards.end(Buffer.concat(chunks));
  };
  const server: Server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const name = 'proxy';
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeFile(
    file,
    stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { server: url, 'insecure-skip-tls-verify': true } }],
      users: [{ name, user: {} }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      'current-context': name,
    }),
  );
  const proxy: KubeProxy = {
    kubeconfig: file,
    url,
    calls,
    writesTakeMs: 0,
    isLost: () => false,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      agent.destroy();
    },
  };
  return proxy;
}
