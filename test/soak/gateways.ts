import { table } from '../../src/kinds/table.ts';
import { startGateway, type Gateway } from '../support/gateway/emulator.ts';
import { minimal } from '../support/manifests.ts';

type Json = Readonly<Record<string, unknown>>;

/** A gateway of the soak, what it came with, and what somebody put there by hand. */
export interface Site {
  readonly name: string;
  readonly gateway: Gateway;
  /** The label with which a resource asks to be taken. */
  readonly label: string;
  /** Names that are there without any resource, by collection. */
  readonly ownNames: ReadonlyMap<string, readonly string[]>;
  password: string;
  isTroubled: boolean;
}

export const user = 'admin';
/** The name of what is made by hand, and of him who makes it. */
export const byHand = 'made-by-hand';

/** Collections that lie below no parent. */
const collections = [
  ...new Set(
    table.rows.filter(({ identity }) => identity.is !== 'nested').map(({ collection }) => collection.path),
  ),
].map((path) => path.slice(1));

/** Starts as many as asked for; every third is of the newer generation. */
export async function startSites(count: number): Promise<readonly Site[]> {
  const sites: Site[] = [];
  for (let index = 0; index < count; index += 1) {
    const api = index % 3 === 2 ? 'v1' : 'v0.9';
    const gateway = await startGateway({ api, pollIntervalMs: 100 });
    const password = `canary-password-${index}-0`;
    gateway.setPassword(user, password);
    const name = `gateway-${index + 1}`;
    const site = { name, gateway, label: `soak/${name}`, password, isTroubled: false };
    await makeByHand(site);
    const ownNames = new Map(collections.map((path) => [path, namesIn(gateway, path)]));
    sites.push({ ...site, ownNames });
  }
  return sites;
}

/** What bears no mark of ours; a gateway that forgets everything forgets it too. */
export async function makeByHand(site: Reachable): Promise<void> {
  const document = {
    apiVersion: `gateway.api-platform.wso2.com/${site.gateway.api === 'v1' ? 'v1' : 'v1alpha1'}`,
    kind: 'RestApi',
    metadata: { name: byHand },
    spec: { ...minimal.RestApi, displayName: byHand, context: `/${byHand}` },
  };
  const answer = await call(site, 'POST', '/rest-apis', JSON.stringify(document));
  if (!answer.ok) throw new Error(`nothing could be made by hand: ${answer.status} ${await answer.text()}`);
}

/** As somebody does it with curl: the gateway may refuse it, and then it stays. */
export async function removeByHand(site: Reachable, path: string): Promise<void> {
  const answer = await call(site, 'DELETE', path);
  await answer.text();
}

type Reachable = Pick<Site, 'gateway' | 'password'>;

async function call({ gateway, password }: Reachable, method: string, path: string, body?: string) {
  const base = gateway.api === 'v1' ? '/api/management/v1' : '/api/management/v0.9';
  return await fetch(`${gateway.url}${base}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      'user-agent': byHand,
      authorization: `Basic ${btoa(`${user}:${password}`)}`,
    },
    ...(body === undefined ? {} : { body }),
  });
}

/** Everything that stands below no parent, and the keys below everything that has some. */
export function everythingAt({ gateway }: Site): ReadonlyMap<string, readonly Json[]> {
  const found = new Map<string, readonly Json[]>();
  for (const path of collections) {
    const entries = gateway.stored(path);
    found.set(path, entries);
    for (const entry of entries) {
      const keys = `${path}/${nameOf(entry)}/api-keys`;
      const stored = gateway.stored(keys);
      if (stored.length > 0) found.set(keys, stored);
    }
  }
  return found;
}

export function nameOf(entry: Json): string {
  const name = (entry.metadata as Json | undefined)?.name ?? entry.name ?? entry.planName ?? entry.id;
  return typeof name === 'string' ? name : JSON.stringify(name);
}

function namesIn(gateway: Gateway, path: string): readonly string[] {
  return gateway.stored(path).map(nameOf);
}
