import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKubeClient, loadKubeConfig, type KubeClient } from '../../src/kube/client.ts';
import { group } from '../../src/model/generation.ts';
import type { Cluster } from '../support/cluster/cluster.ts';
import { home, succeed } from '../support/installation.ts';
import { Replicas } from '../support/replicas.ts';
import { startStack, type Stack } from '../support/stack.ts';
import { leaks, notReady } from './aftermath.ts';
import { Chance } from './chance.ts';
import { Crew } from './crew.ts';
import { everythingAt, startSites, type Site } from './gateways.ts';
import { credentials, mishap } from './mishaps.ts';
import { Population } from './population.ts';
import { controllersCalls, isWork, Tally } from './tally.ts';
import { differences } from './verdict.ts';

export interface Plan {
  readonly seed: number;
  readonly minutes: number;
  readonly gateways: number;
  readonly resources: number;
  readonly replicas: number;
}

export type Step = <Result>(title: string, work: () => Promise<Result>) => Promise<Result>;

const namespaces = ['team-a', 'team-b', 'team-c'];
const gatewayNamespace = 'gateways';
const leaseSeconds = 8;
const driftIntervalSeconds = 5;
/** A Secret that changed is noticed within a minute; a failed call is tried again within one. */
const settlesWithinMs = 300_000;

/** Everything that runs, and what was counted of it. */
export interface Soak {
  readonly sites: readonly Site[];
  readonly crew: Crew;
  readonly population: Population;
  readonly tally: Tally;
}

interface Scene extends Soak {
  readonly plan: Plan;
  readonly cluster: Cluster;
  readonly client: KubeClient;
  readonly stack: Stack;
  readonly replicas: Replicas;
}

/** Brings everything up. Whatever `begin` started before it failed ends with the cluster's guard. */
export async function begin(cluster: Cluster, plan: Plan, step: Step): Promise<Scene> {
  const tally = new Tally();
  const { count } = tally;
  const client = createKubeClient({ kubeConfig: loadKubeConfig({ path: cluster.kubeconfig }) });
  const stack = await startStack({ cluster, api: 'v1', withoutGateway: true, withoutController: true, step });
  const sites = await step(`${plan.gateways} gateways`, () => startSites(plan.gateways));
  await step('namespaces and APIGateways', () => prepare(cluster, sites));
  const replicas = new Replicas(await cluster.userKubeconfig('portcullis-controller'), {
    PORTCULLIS_NAMESPACE: home,
    PORTCULLIS_LEASE_SECONDS: String(leaseSeconds),
    PORTCULLIS_DRIFT_INTERVAL_SECONDS: String(driftIntervalSeconds),
  });
  const crew = new Crew(replicas, { chance: new Chance(plan.seed + 1), count });
  await step(`${plan.replicas} replicas of the controller`, async () => {
    for (let index = 0; index < plan.replicas; index += 1) await crew.hire();
  });
  const people = { client, chance: new Chance(plan.seed), count };
  const population = new Population({ namespaces, sites }, people);
  return { plan, cluster, client, stack, replicas, sites, crew, population, tally };
}

async function prepare(cluster: Cluster, sites: readonly Site[]): Promise<void> {
  const objects = [
    ...[...namespaces, gatewayNamespace].map((name) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, annotations: { [`${group}/allow-delete`]: 'true' } },
    })),
    ...sites.flatMap((site) => [
      credentials(site, gatewayNamespace),
      {
        apiVersion: `${group}/v1`,
        kind: 'APIGateway',
        metadata: { name: site.name, namespace: gatewayNamespace },
        spec: {
          apiSelector: { scope: 'LabelSelector', matchLabels: { [site.label]: 'true' } },
          management: {
            url: site.gateway.url,
            adminUrl: site.gateway.adminUrl,
            auth: { basic: { secretRef: { name: `${site.name}-admin` } } },
          },
        },
      },
    ]),
  ];
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  await succeed(cluster, ['apply', '--server-side', '-f', '-'], list);
}

/** The first population, in peace. */
export async function populate({ population, plan }: Scene): Promise<void> {
  while (population.size < plan.resources) await population.settle();
}

/** People at work, mishaps at the gateways and among the controllers, all at the same time. Throws what goes wrong. */
export async function live(scene: Scene, signal: AbortSignal, news: (line: string) => void): Promise<void> {
  const { client, crew, plan, population, sites, tally } = scene;
  const end = performance.now() + plan.minutes * 60_000;
  const isOver = () => signal.aborted || performance.now() > end;
  const failed = new AbortController();
  const again = async (
    seed: number,
    pause: readonly [number, number],
    act: (chance: Chance) => Promise<void>,
  ) => {
    const chance = new Chance(seed);
    while (!isOver() && !failed.signal.aborted) {
      await act(chance);
      await sleep(chance.between(...pause));
    }
  };
  const absences: Promise<void>[] = [];
  const people = again(plan.seed + 2, [50, 900], async (chance) => {
    const crowded = population.size >= plan.resources;
    const act = chance.weighted<() => Promise<unknown>>([
      [crowded ? 1 : 12, () => population.settle()],
      [30, () => population.edit()],
      [crowded ? 6 : 2, () => population.leave()],
      [3, () => population.leaveAlone()],
      [8, () => population.move()],
      [8, () => population.rotate()],
      [
        3,
        async () => {
          const absence = await population.comeAgain();
          if (absence === undefined) return;
          absence.isBack.catch(() => failed.abort());
          absences.push(absence.isBack);
        },
      ],
    ]);
    await act();
  });
  const context = { sites, client, count: tally.count, namespace: gatewayNamespace };
  const accidents = [3, 4].map((offset) =>
    again(plan.seed + offset, [500, 6000], (chance) => mishap({ ...context, chance })),
  );
  const controllers = again(plan.seed + 5, [3000, 15_000], async (chance) => {
    await chance.weighted<() => Promise<void>>([
      [4, () => crew.kill()],
      [2, () => crew.terminate()],
      [2, () => crew.pause(leaseSeconds * 1000)],
      [2, () => crew.slow()],
    ])();
  });
  const watching = again(plan.seed, [10_000, 10_000], async () => {
    const minutes = Math.max(0, end - performance.now()) / 60_000;
    news(
      `${population.size} resources; ${differences(sites, population).length} differences now; ${minutes.toFixed(1)} minutes to go`,
    );
    await Promise.resolve();
  });
  const everything = [people, ...accidents, controllers, watching];
  for (const one of everything) one.catch(() => failed.abort());
  await Promise.all(everything);
  await Promise.all(absences);
}

/** Waits until the gateways hold exactly what the resources say, and their status says so; throws where they don't. */
export async function settled({ client, population, sites }: Scene, signal: AbortSignal): Promise<void> {
  for (const { gateway } of sites) gateway.faults.clear();
  const end = performance.now() + settlesWithinMs;
  for (;;) {
    const left = [...differences(sites, population), ...(await notReady(client, population))];
    if (left.length === 0) return;
    if (performance.now() > end || signal.aborted)
      throw new Error(`${left.length} differences are left:\n  ${left.slice(0, 30).join('\n  ')}`);
    await sleep(1000);
  }
}

/**
 * Waits for several full comparisons in a row after which nobody had to write; the last counts and statuses may still
 * be on their way before. Resolves with what is written for ever.
 */
export async function idle(scene: Scene): Promise<readonly string[]> {
  let written: readonly string[] = [];
  for (let attempt = 0; attempt < 4; attempt += 1) {
    written = await writtenDuring(scene, 4 * driftIntervalSeconds * 1000);
    if (written.length === 0) break;
  }
  return written;
}

async function writtenDuring({ sites, crew }: Scene, ms: number): Promise<readonly string[]> {
  const marks = sites.map(({ gateway }) => gateway.calls.length);
  const kubeMarks = crew.alive.map(({ api }) => api.calls.length);
  await sleep(ms);
  return [
    ...sites.flatMap(({ name, gateway }, index) =>
      controllersCalls({ calls: gateway.calls.slice(marks[index]) })
        .filter(({ method }) => method !== 'GET')
        .map(({ method, path }) => `${name}: ${method} ${path}`),
    ),
    ...crew.alive.flatMap(({ api, name }, index) =>
      api.calls
        .slice(kubeMarks[index])
        .filter(isWork)
        .map(({ method, path }) => `${name}: ${method} ${path}`),
    ),
  ];
}

/** Where a secret was seen. */
export async function seenSecrets({ client, crew, stack, sites }: Scene) {
  const generated = sites.flatMap((site) =>
    [...everythingAt(site)]
      .filter(([path]) => path.endsWith('/api-keys'))
      .flatMap(([, entries]) => entries.map(({ value }) => value))
      .filter((value) => typeof value === 'string'),
  );
  return await leaks(client, { crew, webhookLogs: stack.logs, generated });
}

/** Everybody goes, and nothing stays. */
export async function empty(scene: Scene, signal: AbortSignal): Promise<void> {
  const { cluster, population, sites } = scene;
  for (const namespace of namespaces)
    await succeed(cluster, ['delete', 'namespace', namespace, '--wait=false']);
  for (const namespace of namespaces)
    await succeed(cluster, ['wait', '--for=delete', `namespace/${namespace}`, '--timeout=180s']);
  population.forget();
  const end = performance.now() + settlesWithinMs;
  for (;;) {
    const left = differences(sites, population);
    if (left.length === 0) return;
    if (performance.now() > end || signal.aborted)
      throw new Error(`${left.length} things are left over:\n  ${left.slice(0, 30).join('\n  ')}`);
    await sleep(500);
  }
}

export async function finish({ replicas, sites, stack }: Scene): Promise<void> {
  await replicas.stop();
  await stack.stop();
  await Promise.all(sites.map(({ gateway }) => gateway.stop()));
}

export function newSeed(): number {
  return randomBytes(4).readUInt32LE() % 1_000_000;
}
