import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from '../../support/joined-sockets.ts';

/** One address in front of a server that may come back at another. What passes through is not looked at. */
export class Forwarder {
  /** Where to, as a URL. While there is nothing, connections are refused by a reset. */
  target: string | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((incoming) => this.#forward(incoming));

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** How many connections have come in. */
  accepted = 0;

  #forward(incoming: Socket): void {
    this.accepted += 1;
    if (this.target === undefined) {
      incoming.resetAndDestroy();
      return;
    }
    const { hostname, port } = new URL(this.target);
    const outgoing = connect(Number(port), hostname);
    join(incoming, outgoing, this.#sockets);
  }
}
