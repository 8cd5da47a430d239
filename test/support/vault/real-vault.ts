import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { findBinary } from '../cluster/binaries.ts';
import { freePorts } from '../cluster/free-ports.ts';
import { Guarded, lastLines, type Process } from '../cluster/guarded.ts';

type Body = Readonly<Record<string, unknown>>;

/** A Vault of its own, in memory, unsealed, on loopback with TLS. It ends with this process. */
export interface RealVault {
  readonly address: URL;
  /** Who signed its certificate. */
  readonly caFile: string;
  /** A folder that goes when it stops. */
  readonly folder: string;
  /** Asks as root; rejects unless it succeeds. */
  ask(method: 'GET' | 'POST' | 'LIST', path: string, body?: Body): Promise<Body>;
  stop(): Promise<void>;
}

const deadlineMs = 60_000;

/** Starts one, built with Go where the machine has none. */
export async function startVault(): Promise<RealVault> {
  const binary = await findBinary('vault');
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-vault-'));
  const guarded = new Guarded(folder, { removeFolder: true });
  const [port = 0] = await freePorts(1);
  const token = randomBytes(16).toString('hex');
  const server = guarded.start('vault', binary, [
    'server',
    '-dev',
    '-dev-no-kv',
    '-dev-no-store-token',
    `-dev-root-token-id=${token}`,
    `-dev-listen-address=127.0.0.1:${port}`,
    '-dev-tls',
    `-dev-tls-cert-dir=${folder}`,
  ]);
  const address = new URL(`https://127.0.0.1:${port}`);
  const caFile = join(folder, 'vault-ca.pem');
  try {
    await untilUnsealed(address, caFile, server);
  } catch (error) {
    await guarded.stop();
    throw error;
  }
  const agent = new Agent({ connect: { ca: await readFile(caFile, 'utf8') } });
  return {
    address,
    caFile,
    folder,
    ask: async (method, path, body) => {
      const { statusCode, body: reply } = await request(new URL(`/v1/${path}`, address), {
        dispatcher: agent,
        method,
        headers: { 'x-vault-token': token },
        body: body === undefined ? null : JSON.stringify(body),
      });
      const text = await reply.text();
      if (statusCode >= 300) throw new Error(`${method} ${path} was answered ${statusCode}: ${text}`);
      return text === '' ? {} : (JSON.parse(text) as Body);
    },
    stop: async () => {
      await agent.destroy();
      await guarded.stop();
    },
  };
}

async function untilUnsealed(address: URL, caFile: string, server: Process): Promise<void> {
  let ended: string | undefined;
  void server.ended.then((how) => (ended = how));
  const end = Date.now() + deadlineMs;
  while (!(await answers(address, caFile))) {
    if (ended !== undefined || Date.now() > end)
      throw new Error(
        `could not start Vault, which ${ended === undefined ? 'does not answer' : `ended with ${ended}`}:\n  ${await lastLines(server.logFile, 15)}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function answers(address: URL, caFile: string): Promise<boolean> {
  const ca = await readFile(caFile, 'utf8').catch(() => '');
  if (ca === '') return false;
  const agent = new Agent({ connect: { ca } });
  try {
    const { statusCode, body } = await request(new URL('/v1/sys/health', address), { dispatcher: agent });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  } finally {
    await agent.destroy();
  }
}
