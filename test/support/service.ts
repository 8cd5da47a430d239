import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from './joined-sockets.ts';

/** One process behind a Service. */
export interface Endpoint {
  readonly port: number;
  /** Answers 200 while the process wants connections. */
  readonly readyUrl: string;
}

/** Far shorter than a kubelet's: what waits for a change waits in a test. */
const probeIntervalMs = 50;

/**
 * What a Service, the kubelet's probes and kube-proxy are together, on loopback: one port in front of several
 * processes. A new connection goes to the next of those that are ready; one that stands stays where it is, whatever
 * becomes of readiness. What passes through is not looked at.
 */
export class Service {
  readonly #endpoints: readonly Endpoint[];
  readonly #ready = new Set<Endpoint>();
  readonly #sockets = new Set<Socket>();
  readonly #stopping = new AbortController();
  readonly #server = createServer((incoming) => this.#forward(incoming));
  #next = 0;

  constructor(endpoints: readonly Endpoint[]) {
    this.#endpoints = endpoints;
  }

  /** Listens, and looks after the endpoints from now on. Returns the port. */
  async start(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    for (const endpoint of this.#endpoints) void this.#watch(endpoint);
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #watch(endpoint: Endpoint): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const answer = await fetch(endpoint.readyUrl, { signal: AbortSignal.timeout(2000) }).catch(
        () => undefined,
      );
      await answer?.body?.cancel();
      if (answer?.ok === true) this.#ready.add(endpoint);
      else this.#ready.delete(endpoint);
      await new Promise((resolve) => setTimeout(resolve, probeIntervalMs));
    }
  }

  #forward(incoming: Socket): void {
    const ready = [...this.#ready];
    const chosen = ready[this.#next++ % Math.max(ready.length, 1)];
    if (chosen === undefined) {
      incoming.resetAndDestroy();
      return;
    }
    const outgoing = connect(chosen.port, '127.0.0.1');
    join(incoming, outgoing, this.#sockets);
  }
}
