import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/**
 * Below what Linux and macOS give to outgoing connections (32768 and 49152 upwards): a port that is free now could
 * be taken by one of those at any moment before it is used. Others who pick like this seldom pick the same.
 */
const range = { from: 15_000, to: 32_000 };

/** One file for each port that was given, with the process that asked: it may not listen yet, and others pick beside it. */
const claims = join(tmpdir(), `portcullis-ports-${userInfo().username}`);

/** Ports on loopback that nobody uses now, each with so many free ones at these distances. */
export async function freePorts(count: number, alsoFree: readonly number[] = []): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = randomInt(range.from, range.to);
    const wanted = [port, ...alsoFree.map((distance) => port + distance)];
    if (!wanted.every(claim)) continue;
    if ((await Promise.all(wanted.map(isFree))).every(Boolean)) ports.push(port);
  }
  return ports;
}

/** Never given twice while the process that asked is alive. What a dead one left is taken away, for the next who picks it. */
function claim(port: number): boolean {
  mkdirSync(claims, { recursive: true });
  const file = join(claims, String(port));
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (!isAlive(file)) rmSync(file, { force: true });
    return false;
  }
}

function isAlive(claimed: string): boolean {
  try {
    return process.kill(Number(readFileSync(claimed, 'utf8')), 0);
  } catch {
    return false;
  }
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
