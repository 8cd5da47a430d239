import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubeClient } from '../../../src/kube/client.ts';

const writing = new Set<PropertyKey>(['create', 'replace', 'mergePatch', 'jsonPatch', 'apply', 'delete']);

/**
 * The life of one process, which ends at a given write: what it wrote has reached its place, no answer comes any more,
 * and nothing that it would still do reaches anybody. Whatever it held in memory goes with it.
 */
export class Life {
  readonly #until: string | undefined;
  readonly #died = Promise.withResolvers<string>();
  #writes: string[] = [];
  #isOver = false;

  /** `until`: the sort of write with whose first answer it ends; endless when absent. */
  constructor(until?: string) {
    this.#until = until;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get writes(): readonly string[] {
    return this.#writes;
  }

  /** Resolves with the write at which it ended. */
  get died(): Promise<string> {
    return this.#died.promise;
  }

  /** Before a call goes out. */
  alive(): void {
    if (this.#isOver) throw new Error('this process is dead');
  }

  /** After a write has been done, before its answer comes back. */
  wrote(what: string): void {
    this.alive();
    // One of a sort is as good as the other: ids are the gateway's own.
    const sort = what.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, ':id');
    this.#writes.push(sort);
    if (sort !== this.#until) return;
    this.#isOver = true;
    this.#died.resolve(what);
    this.alive();
  }
}

/** The API server as a mortal process reaches it. */
export function mortal(client: KubeClient, life: () => Life): KubeClient {
  return new Proxy(client, {
    get(target, property, receiver) {
      const member: unknown = Reflect.get(target, property, receiver);
      if (typeof member !== 'function') return member;
      const call = member as (...args: unknown[]) => unknown;
      if (property === 'within') return (...args: unknown[]) => mortal(call(...args) as KubeClient, life);
      if (!writing.has(property)) return call;
      const mine = life();
      return async (...args: unknown[]) => {
        mine.alive();
        const answer = await call(...args);
        const { plural } = args[0] as { plural: string };
        // Events tell of what happens; nothing rests on them.
        if (plural !== 'events') mine.wrote(`kubernetes ${String(property)} ${plural}`);
        return answer;
      };
    },
  });
}

/** A way to a gateway on which the answers of a dead process are lost. */
export async function mortalWay(target: string, life: () => Life): Promise<{ url: string; server: Server }> {
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const mine = life();
    const lost = () => incoming.socket.destroy();
    try {
      mine.alive();
    } catch {
      lost();
      return;
    }
    const onward = request(new URL(url, target), { method, headers }, (answer) => {
      try {
        if (method !== 'GET') mine.wrote(`gateway ${method} ${url.replace(/^.*\/v[\d.]+/, '')}`);
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      } catch {
        answer.resume();
        lost();
      }
    });
    onward.on('error', lost);
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
