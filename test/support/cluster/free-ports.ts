import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below what Linux and macOS give to outgoing connections (32768 and 49152 upwards): a port that is free now could
 * be taken by one of those at any moment before it is used. Others who pick like this seldom pick the same.
 */
const range = { from: 15_000, to: 32_000 };

/** Never given twice: who asked may not listen yet. */
const given = new Set<number>();

/** Ports on loopback that nobody uses now, each with so many free ones at these distances. */
export async function freePorts(count: number, alsoFree: readonly number[] = []): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = randomInt(range.from, range.to);
    const wanted = [port, ...alsoFree.map((distance) => port + distance)];
    if (wanted.some((one) => given.has(one))) continue;
    for (const one of wanted) given.add(one);
    if ((await Promise.all(wanted.map(isFree))).every(Boolean)) ports.push(port);
  }
  return ports;
}

/** Whether a server could listen there on loopback now. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  // Rejects where the port is taken: `once` does so at an error.
  const free = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  if (free) await once(server.close(), 'close');
  return free;
}
