import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServiceObject } from './endpoints.ts';

/** `/etc` as every Pod sees it: names are looked up in a file, which holds the Services of the cluster. */
export async function makeEtc(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files\n');
  await writeFile(join(folder, 'passwd'), 'root:x:0:0::/:/none\nnonroot:x:65532:65532::/:/none\n');
  await writeFile(join(folder, 'group'), 'root:x:0:\nnonroot:x:65532:\n');
  await writeHosts(folder, []);
}

/** Replaces the file at one moment, so that nobody reads half of it. */
export async function writeHosts(folder: string, services: readonly ServiceObject[]): Promise<void> {
  const lines = services.flatMap(({ metadata: { name, namespace }, spec: { clusterIP } }) => {
    if (clusterIP === undefined || clusterIP === '' || clusterIP === 'None') return [];
    const short = `${name}.${namespace}`;
    return [`${clusterIP} ${short}.svc.cluster.local ${short}.svc ${short}`];
  });
  await writeFile(join(folder, 'hosts.new'), ['127.0.0.1 localhost', ...lines, ''].join('\n'));
  await rename(join(folder, 'hosts.new'), join(folder, 'hosts'));
}
