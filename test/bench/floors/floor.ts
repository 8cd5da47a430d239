import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../../support/cluster/free-ports.ts';
import { CertificateAuthority, type KeyPair } from '../../support/cluster/credentials.ts';
import type { Programs, Running } from '../programs.ts';

/** A server that does the least, in a process of its own. */
export interface Floor {
  readonly url: string;
  /** Whoever calls it by that address trusts this certificate. */
  readonly caBundle: string;
  readonly running: Running;
}

interface FloorOptions {
  readonly script: 'bare.ts' | 'express-ajv.ts';
  readonly core?: number;
}

let authority: Promise<CertificateAuthority> | undefined;

export async function startFloor(programs: Programs, { script, core }: FloorOptions): Promise<Floor> {
  authority ??= CertificateAuthority.create();
  const ca = (await authority).pair.certificate;
  const pair = await (await authority).issue({ commonName: 'floor', hosts: ['127.0.0.1', 'localhost'] });
  const files = await written(programs.folder, pair);
  const [port = 0] = await freePorts(1);
  const url = `https://127.0.0.1:${port}`;
  const running = await programs.start(script.replace('.ts', ''), {
    script: `test/bench/floors/${script}`,
    args: [String(port), ...files],
    readyUrl: url,
    core,
  });
  return { url, caBundle: Buffer.from(ca).toString('base64'), running };
}

async function written(folder: string, { certificate, key }: KeyPair): Promise<readonly string[]> {
  const files = [join(folder, 'floor.crt'), join(folder, 'floor.key')];
  await writeFile(files[0]!, certificate);
  await writeFile(files[1]!, key, { mode: 0o600 });
  return files;
}
