import { generations, group, type Generation } from '../../src/model/generation.ts';
import type { Packed } from '../../src/policies/packed.ts';
import { startCluster, type Cluster } from '../support/cluster/cluster.ts';
import { startGateway, type Gateway } from '../support/gateway/emulator.ts';
import { startStack } from '../support/stack.ts';
import { ApiServer } from './api-server.ts';
import { commandVerdict } from './command-verdict.ts';
import { againstCommand, compare, type Outcome } from './compare.ts';
import { casesOf, type Case, type Fixture } from './corpus.ts';
import { gatewayVerdict } from './gateway-verdict.ts';
import { untilKnown } from './known.ts';
import { loadedPolicies, makePlace, type Place } from './scene.ts';
import { webhookVerdict, type Askers } from './webhook-verdict.ts';

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Told what is being done; as the demo shows it. */
  readonly step: <Result>(title: string, work: () => Promise<Result>) => Promise<Result>;
}

/** Cases that are judged at once by the API server and the webhook. */
const lanes = 12;

/**
 * Judges every fixture on a gateway of each generation, by our webhook behind a real API server and by the gateway.
 * The control plane is always one of its own, as hundreds of namespaces are left behind in it.
 */
export async function run(
  fixtures: readonly Fixture[],
  { signal, step }: RunOptions,
): Promise<readonly Outcome[]> {
  const { USE_EXISTING_CLUSTER: _, ...env } = process.env;
  const cluster = await step('etcd and kube-apiserver', () =>
    startCluster({ env, ...(signal === undefined ? {} : { signal }) }),
  );
  try {
    const stack = await step('the webhook', () =>
      startStack({ cluster, api: 'v0.9', withoutController: true }),
    );
    const gateways = await Promise.all(generations.map((api) => startGateway({ api })));
    try {
      return await judge(fixtures.flatMap(casesOf), gateways, cluster, step);
    } finally {
      await Promise.all([stack.stop(), ...gateways.map((gateway) => gateway.stop())]);
    }
  } finally {
    await cluster.stop();
  }
}

async function judge(
  cases: readonly Case[],
  gateways: readonly Gateway[],
  cluster: Cluster,
  step: RunOptions['step'],
): Promise<readonly Outcome[]> {
  const askers = await askersOf(cluster);
  const policies = new Map<Generation, Packed>();
  for (const gateway of gateways) policies.set(gateway.api, await loadedPolicies(gateway));
  const places = await step(`${cases.length} gateways, each in a namespace of its own`, async () => {
    const made = await each(cases, (one, index) =>
      makePlace(`agreement-${index}`, one, policies, askers.admin),
    );
    await untilKnown(policies, askers.admin);
    return made;
  });
  const outcome = async (one: Case, index: number): Promise<Outcome> => {
    const place = places[index];
    const gateway = gateways.find(({ api }) => api === one.generation);
    if (place === undefined || gateway === undefined)
      throw new Error(`there is no gateway for case ${index}`);
    return await outcomeOf(one, place, gateway, askers, policies.get(one.generation) ?? {});
  };
  return await step(`${cases.length} verdicts of the webhook and as many of gateways`, () =>
    each(cases, outcome),
  );
}

/** What a file stands on may be at fault itself; then nobody agrees on anything. */
async function outcomeOf(
  one: Case,
  place: Place,
  gateway: Gateway,
  askers: Askers,
  policies: Packed,
): Promise<Outcome> {
  try {
    const theirs = await inTurn(gateway, () => gatewayVerdict(one.fixture, place, gateway));
    const ours = await webhookVerdict(one.fixture, place, askers);
    const outcome = compare(one, ours, theirs);
    const command = againstCommand(ours, await commandVerdict(one, place, policies));
    return { ...outcome, disagreements: [...outcome.disagreements, ...command] };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { judged: one, verdict: 'refused', stricter: undefined, disagreements: [message] };
  }
}

const turns = new WeakMap<Gateway, Promise<unknown>>();

/** A gateway is emptied for every case, so it hears one at a time. */
async function inTurn<Result>(gateway: Gateway, work: () => Promise<Result>): Promise<Result> {
  const mine = (turns.get(gateway) ?? Promise.resolve()).then(work);
  turns.set(
    gateway,
    mine.catch(() => undefined),
  );
  return await mine;
}

async function each<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Array<Result>(items.length);
  const left = items.entries();
  const lane = async () => {
    for (const [index, item] of left) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

/** The administrator, and somebody who may write all of our kinds and read nobody's Secrets. */
async function askersOf(cluster: Cluster): Promise<Askers> {
  const admin = new ApiServer(cluster.kubeconfig);
  const name = 'agreement-developer';
  const rbac = 'rbac.authorization.k8s.io';
  await admin.mustSend('POST', `/apis/${rbac}/v1/clusterroles`, {
    metadata: { name },
    rules: [{ apiGroups: [group], resources: ['*'], verbs: ['*'] }],
  });
  await admin.mustSend('POST', `/apis/${rbac}/v1/clusterrolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
    subjects: [{ apiGroup: rbac, kind: 'User', name }],
  });
  return { admin, developer: new ApiServer(await cluster.userKubeconfig(name)) };
}
