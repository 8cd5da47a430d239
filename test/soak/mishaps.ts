import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeClient } from '../../src/kube/client.ts';
import { secretType } from '../../src/kube/core-types.ts';
import type { Fault } from '../support/gateway/server/faults.ts';
import type { Chance } from './chance.ts';
import { everythingAt, makeByHand, nameOf, removeByHand, user, type Site } from './gateways.ts';

export interface MishapContext {
  readonly sites: readonly Site[];
  readonly chance: Chance;
  readonly client: KubeClient;
  readonly count: (what: string) => void;
  /** Where the Secrets with the gateways' passwords are. */
  readonly namespace: string;
}

type Mishap = (context: MishapContext, site: Site) => Promise<void>;

/** It forgets everything, and is away for a while or not. */
const wipe: Mishap = async ({ chance, count }, site) => {
  site.gateway.faults.clear();
  if (chance.between(0, 1) === 0) site.gateway.restartEmpty();
  else {
    await site.gateway.stop();
    site.gateway.restartEmpty();
    await sleep(chance.between(500, 5000));
    await site.gateway.start();
  }
  await makeByHand(site);
  count('gateways wiped');
};

/** It goes down and comes up with what it had; one that can't come up is a Secret deleted too early. */
const outage: Mishap = async ({ chance, count }, site) => {
  await site.gateway.stop();
  await sleep(chance.between(500, 8000));
  await site.gateway.start();
  count('outages of a gateway');
};

const faults: readonly Fault[] = [
  { status: 500, body: '{"status":"error","message":"database is locked"}' },
  { status: 503, retryAfterSeconds: 1 },
  { status: 429, retryAfterSeconds: 2 },
  { status: 502, body: '<html><body>Bad Gateway</body></html>' },
  { status: 200, body: '{"surprise":' },
  { status: 500, afterEffect: true },
  { connection: 'reset before' },
  { connection: 'reset after' },
  { connection: 'lost answer' },
  { delayMs: 700 },
];

/** Some of its calls go wrong for some seconds. */
const trouble: Mishap = async ({ chance, count }, { gateway }) => {
  const method = chance.pick(['GET', 'POST', 'PUT', 'DELETE', undefined]);
  const fault = gateway.faults.add({
    ...chance.pick(faults),
    ...(method === undefined ? {} : { method }),
    times: chance.between(1, 40),
  });
  await sleep(chance.between(1000, 8000));
  fault.remove();
  count('times of faulty answers');
};

/** Somebody edits or deletes at the gateway what is not his; of its Secrets he keeps off. */
const handiwork: Mishap = async ({ chance, count }, site) => {
  const all = [...everythingAt(site)].flatMap(([path, entries]) =>
    entries
      .filter((entry) => path !== 'secrets' && !(site.ownNames.get(path) ?? []).includes(nameOf(entry)))
      .map((entry) => ({ path, entry })),
  );
  if (all.length === 0) return;
  for (let left = chance.between(1, 5); left > 0; left -= 1) {
    const { path, entry } = chance.pick(all);
    const name = nameOf(entry);
    if ('spec' in entry && chance.between(0, 1) === 0) {
      // It may have gone in the meantime.
      if (site.gateway.stored(path).some((one) => nameOf(one) === name))
        site.gateway.tamper.edit(path, name, ({ spec }) => (spec.displayName = `${name} edited by hand`));
    } else
      await removeByHand(
        site,
        `/${path}/${'spec' in entry || path.endsWith('api-keys') ? name : String(entry.id)}`,
      );
    count('resources edited or deleted by hand at a gateway');
  }
};

/** The gateway gets a new password, and its Secret a little later. */
const newPassword: Mishap = async ({ chance, client, count, namespace }, site) => {
  const password = `canary-password-${site.name}-${chance.between(1, 1_000_000)}`;
  site.gateway.setPassword(user, password);
  site.password = password;
  await sleep(chance.between(0, 4000));
  await client.apply(secretType, credentials(site, namespace), { fieldManager: 'people', force: true });
  count('passwords of a gateway changed');
};

/** The Secret with which a gateway is signed in to. */
export function credentials({ name, password }: Site, namespace: string) {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `${name}-admin`, namespace },
    stringData: { username: user, password },
  };
}

const mishaps: readonly (readonly [number, Mishap])[] = [
  [2, wipe],
  [3, outage],
  [6, trouble],
  [4, handiwork],
  [1, newPassword],
];

/** One of them, at a gateway at which nothing else goes on. */
export async function mishap(context: MishapContext): Promise<void> {
  const well = context.sites.filter(({ isTroubled }) => !isTroubled);
  if (well.length === 0) return;
  const site = context.chance.pick(well);
  site.isTroubled = true;
  try {
    await context.chance.weighted(mishaps)(context, site);
  } finally {
    site.isTroubled = false;
  }
}
