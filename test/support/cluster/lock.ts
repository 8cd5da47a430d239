import { randomUUID } from 'node:crypto';
import { link, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** What the holder does, for those who wait. */
  readonly purpose: string;
}

export interface LockOptions {
  readonly purpose: string;
  readonly signal?: AbortSignal | undefined;
  /** Told once per holder that has to be waited for. */
  readonly onWait?: (holder: Holder) => void;
}

/** How often a holder shows that it lives, and after what silence nobody believes it any more. */
const heartbeatMs = 5_000;
const silenceMs = 60_000;
const pollMs = 200;

/**
 * Runs `work` while no other process that asks for the same lock file runs its own.
 *
 * A lock whose process is dead, or which has been silent for a minute (its process id may have been given to
 * another process, or belong to another machine), is taken over. Two processes that take over at the same instant
 * may both succeed: the lock saves work, and its users must be correct without it (write aside, then rename).
 */
export async function withLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const mine = JSON.stringify({
    pid: process.pid,
    host: hostname(),
    purpose: options.purpose,
  } satisfies Holder);
  await acquire(path, mine, options);
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if ((await read(path)) === mine) await rm(path, { force: true });
  }
}

async function acquire(path: string, mine: string, options: LockOptions): Promise<void> {
  let announced: string | undefined;
  while (!(await create(path, mine))) {
    const theirs = await read(path);
    if (theirs === undefined) continue;
    const holder = parse(theirs);
    if (holder === undefined || !(await isAlive(path, holder))) {
      await rm(path, { force: true });
      continue;
    }
    if (announced !== theirs) options.onWait?.(holder);
    announced = theirs;
    await sleep(pollMs, undefined, options.signal ? { signal: options.signal } : {});
  }
}

/** Creates the file with its content in one step: a reader never sees it empty. */
async function create(path: string, content: string): Promise<boolean> {
  const aside = `${path}.${randomUUID()}`;
  await writeFile(aside, content);
  try {
    await link(aside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function read(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch(() => undefined);
}

function parse(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

async function isAlive(path: string, holder: Holder): Promise<boolean> {
  if (holder.host === hostname() && !processExists(holder.pid)) return false;
  const file = await stat(path).catch(() => undefined);
  return file === undefined || Date.now() - file.mtimeMs < silenceMs;
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and is somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
