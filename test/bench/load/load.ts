import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What one burst of reviews came to, as the one who sent them saw it. */
export interface Burst {
  readonly seconds: number;
  readonly count: number;
  readonly refused: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Burster {
  readonly url: string;
  readonly bodies: string;
  readonly connections: number;
  readonly count: number;
  /** The core on which they are sent. */
  readonly core: number;
}

/** Sends reviews from a process of its own, on a core of its own; a refused one is an error. */
export async function burst({ url, bodies, connections, count, core }: Burster): Promise<Burst> {
  const script = join(import.meta.dirname, 'main.ts');
  const args = [
    '--url',
    url,
    '--bodies',
    bodies,
    '--connections',
    String(connections),
    '--count',
    String(count),
  ];
  const { stdout } = await promisify(execFile)('taskset', [
    '-c',
    String(core),
    process.execPath,
    script,
    ...args,
  ]);
  const result = JSON.parse(stdout) as Burst;
  if (result.refused > 0)
    throw new Error(`${result.refused} of ${result.count} reviews were refused at ${url}`);
  return result;
}
