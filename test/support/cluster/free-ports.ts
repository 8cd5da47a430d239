import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below what Linux and macOS give to outgoing connections (32768 and 49152 upwards): a port that is free now could
 * be taken by one of those at any moment before it is used. Others who pick like this seldom pick the same.
 */
const range = { from: 15_000, to: 32_000 };

/** Ports on loopback that nobody uses now, each with so many free ones at these distances. */
export async function freePorts(count: number, alsoFree: readonly number[] = []): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(range.from, range.to);
    const wanted = [port, ...alsoFree.map((distance) => port + distance)];
    if (wanted.some((one) => ports.has(one))) continue;
    if ((await Promise.all(wanted.map(isFree))).every(Boolean)) ports.add(port);
  }
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  const free = await Promise.race([
    once(server, 'listening').then(() => true),
    once(server, 'error').then(() => false),
  ]);
  if (free) await once(server.close(), 'close');
  return free;
}
