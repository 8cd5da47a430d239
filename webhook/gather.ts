import type { FoundKey, SiblingSecret, View } from '../src/checks/input.ts';
import { isThere } from '../src/checks/references.ts';
import { distinctSource, siblingsOf } from '../src/checks/siblings.ts';
import type { KubeClient } from '../src/kube/client.ts';
import { configMapType, customType, secretType } from '../src/kube/core-types.ts';
import type { BareObject, KubeObject } from '../src/kube/resource.ts';
import type { Kind, Reference } from '../src/model/kind.ts';
import type { KindTable } from '../src/model/kind-table.ts';
import { satisfies } from '../src/model/references.ts';
import type { Resource } from '../src/model/resource.ts';
import type { Sourced } from '../src/model/spec-secrets.ts';
import { accessOf } from './access.ts';
import type { User } from './admission-review.ts';

const types = { Secret: secretType, ConfigMap: configMapType } as const;

interface Holder extends BareObject {
  readonly data?: Readonly<Record<string, string>>;
}

/** So many Secrets and ConfigMaps may one spec name; each costs the API server two questions. */
const mostHolders = 100;

/** What is wrong with a spec that names more than anybody needs; it is asked about before anything is looked up. */
export function tooManySources(sources: readonly Sourced[]): string | undefined {
  const holders = new Set(
    sources.flatMap(({ from, source }) => (source.is === 'key' ? [`${from}/${source.name}`] : [])),
  );
  if (holders.size <= mostHolders) return undefined;
  return `spec: names ${holders.size} Secrets and ConfigMaps, at most ${mostHolders} are looked up; split the resource`;
}

/**
 * Looks up every key that a spec names, and first of all whether the requesting user may read it: where not,
 * nothing is read, so that nothing can be said of it.
 */
export async function gatherKeys(
  sources: readonly Sourced[],
  namespace: string,
  user: User,
  client: KubeClient,
): Promise<readonly FoundKey[]> {
  const holders = new Map<
    string,
    Promise<{ readonly allowed: boolean; readonly holder: Holder | undefined }>
  >();
  const found = sources.map(async ({ path, from, source }): Promise<FoundKey | undefined> => {
    if (source.is !== 'key') return undefined;
    const { name, key, optional } = source;
    const asked = holders.get(`${from}/${name}`) ?? read(from, namespace, name, user, client);
    holders.set(`${from}/${name}`, asked);
    const { allowed, holder } = await asked;
    return {
      path,
      from,
      name,
      key,
      optional,
      allowed,
      exists: holder !== undefined,
      value: valueOf(from, holder, key),
      keys: Object.keys(holder?.data ?? {}),
    };
  });
  return (await Promise.all(found)).filter((key) => key !== undefined);
}

async function read(from: Sourced['from'], namespace: string, name: string, user: User, client: KubeClient) {
  const type = types[from];
  const { allowed } = await client.subjectAccessReview(
    accessOf(user, { namespace, verb: 'get', group: type.group, resource: type.plural, name }),
  );
  return { allowed, holder: allowed ? await client.get<Holder>(type, namespace, name) : undefined };
}

function valueOf(from: Sourced['from'], holder: Holder | undefined, key: string): string | undefined {
  const data = holder?.data ?? {};
  const value = Object.hasOwn(data, key) ? data[key] : undefined;
  if (value === undefined) return undefined;
  return from === 'Secret' ? Buffer.from(value, 'base64').toString('utf8') : value;
}

/**
 * The secrets of what stands below the same parent, where the requesting user may read them: whether two are equal
 * must not be learnt by whoever may not know the one.
 */
export async function gatherSiblings(
  row: Kind,
  object: Resource,
  spec: unknown,
  user: User,
  { view, client }: { readonly view: View; readonly client: KubeClient },
): Promise<readonly SiblingSecret[]> {
  if (distinctSource(row, spec) === undefined) return [];
  const others = siblingsOf(row, object, spec, view).slice(0, mostSiblings);
  const read = others.map(async (other) => {
    const source = distinctSource(row, other.spec);
    if (source?.is !== 'key') return [];
    const keys = await gatherKeys(
      [{ path: '', from: 'Secret', source }],
      object.metadata.namespace,
      user,
      client,
    );
    return keys.flatMap(({ value }) => (value === undefined ? [] : [{ name: other.metadata.name, value }]));
  });
  return (await Promise.all(read)).flat();
}

/** A gateway allows ten below one parent unless told otherwise. */
const mostSiblings = 50;

/** So many references are looked up before a refusal; a spec with more absent ones is wrong in any case. */
const mostConfirmed = 50;

/** Asks the API server once for each reference that the informers don't have: they may lag behind. */
export async function confirm(
  references: readonly Reference[],
  namespace: string,
  known: { readonly view: View; readonly table: KindTable; readonly client: KubeClient },
): Promise<ReadonlySet<Reference>> {
  const { view, table, client } = known;
  const missing = references
    .filter((reference) => !isThere(reference, namespace, { view, table }))
    .slice(0, mostConfirmed);
  const answers = missing.map(async (reference) => {
    const asked = await Promise.all(
      reference.kinds.map((kind) => existsLive(reference, table.get(kind), namespace, client)),
    );
    return asked.includes(true) ? reference : undefined;
  });
  return new Set((await Promise.all(answers)).filter((reference) => reference !== undefined));
}

async function existsLive(
  reference: Reference,
  row: Kind,
  namespace: string,
  client: KubeClient,
): Promise<boolean> {
  const type = customType(row);
  if (reference.by === 'name') return isAlive(await client.get<KubeObject>(type, namespace, reference.name));
  const { items } = await client.list<KubeObject>(type, { namespace });
  return items.some(
    (item) => isAlive(item) && satisfies(reference, row, { name: item.metadata.name, spec: item.spec }),
  );
}

function isAlive(object: KubeObject | undefined): boolean {
  return object !== undefined && object.metadata.deletionTimestamp === undefined;
}
