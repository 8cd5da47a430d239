import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from '../joined-sockets.ts';

export interface Target {
  readonly host: string;
  readonly port: number;
}

/** One ClusterIP and port, and who may be asked there now. */
export interface Frontend {
  readonly host: string;
  readonly port: number;
  targets(): readonly Target[];
}

/**
 * What kube-proxy does, for TCP: a new connection goes to the next of those that serve; one that stands stays. Where
 * nobody serves it is refused.
 */
export class ServiceProxy {
  readonly #servers = new Map<string, { readonly server: Server; frontend: Frontend }>();
  readonly #sockets = new Set<Socket>();
  #next = 0;

  /** Serves these, and no others any more. */
  async show(frontends: readonly Frontend[]): Promise<void> {
    const wanted = new Map(frontends.map((one) => [`${one.host}:${one.port}`, one]));
    for (const [name, { server }] of this.#servers) {
      if (wanted.has(name)) continue;
      this.#servers.delete(name);
      server.close();
    }
    await Promise.all(
      [...wanted].map(async ([name, frontend]) => {
        const shown = this.#servers.get(name);
        if (shown !== undefined) {
          shown.frontend = frontend;
          return;
        }
        const server = createServer((incoming) => this.#forward(incoming, name));
        this.#servers.set(name, { server, frontend });
        server.listen(frontend.port, frontend.host);
        await once(server, 'listening');
      }),
    );
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    for (const { server } of this.#servers.values()) server.close();
    this.#servers.clear();
  }

  #forward(incoming: Socket, name: string): void {
    const targets = this.#servers.get(name)?.frontend.targets() ?? [];
    const target = targets[this.#next++ % Math.max(targets.length, 1)];
    if (target === undefined) {
      incoming.resetAndDestroy();
      return;
    }
    join(incoming, connect(target), this.#sockets);
  }
}
