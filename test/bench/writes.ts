import { setTimeout as sleep } from 'node:timers/promises';
import { group } from '../../src/model/generation.ts';
import { succeed } from '../support/installation.ts';
import type { Scene, Site } from './scene.ts';

export interface Writes {
  readonly kubernetes: number;
  readonly gateways: number;
}

/** What comes after is still to be seen: statuses are gathered before they are written. */
const settleMs = 1500;

/** Counts writes as those count them who are written to: the API server's own metric, and the calls of the gateways. */
export async function writesDuring(
  scene: Pick<Scene, 'cluster'>,
  sites: readonly Site[],
  work: () => Promise<unknown>,
): Promise<Writes> {
  await sleep(settleMs);
  for (const { adminUrl } of sites) await fetch(`${adminUrl}/emulator/calls`, { method: 'DELETE' });
  const before = await kubernetesWrites(scene);
  await work();
  await sleep(settleMs);
  const kubernetes = (await kubernetesWrites(scene)) - before;
  let gateways = 0;
  for (const { adminUrl } of sites) {
    const calls = (await (await fetch(`${adminUrl}/emulator/calls`)).json()) as readonly Call[];
    gateways += calls.filter(({ method }) => method !== 'GET').length;
  }
  return { kubernetes, gateways };
}

interface Call {
  readonly method: string;
}

const writing = new Set(['POST', 'PUT', 'PATCH', 'APPLY', 'DELETE', 'DELETECOLLECTION']);

/** Writes of objects of our group that succeeded, by whomever, since the API server was started. */
async function kubernetesWrites({ cluster }: Pick<Scene, 'cluster'>): Promise<number> {
  return countedWrites(await succeed(cluster, ['get', '--raw', '/metrics']));
}

/** Reads them from the API server's exposition. */
export function countedWrites(exposition: string): number {
  let total = 0;
  for (const line of exposition.split('\n')) {
    if (!line.startsWith('apiserver_request_total{') || !line.includes(`group="${group}"`)) continue;
    const label = (name: string) => new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1] ?? '';
    if (!writing.has(label('verb')) || !label('code').startsWith('2') || label('dry_run') !== '') continue;
    total += Number(line.slice(line.lastIndexOf(' ')));
  }
  return total;
}
