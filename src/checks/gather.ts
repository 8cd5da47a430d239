import type { Kind, Reference } from '../model/kind.ts';
import type { KindTable } from '../model/kind-table.ts';
import type { Resource } from '../model/resource.ts';
import type { Sourced } from '../model/spec-secrets.ts';
import type { FoundKey, SiblingSecret, View } from './input.ts';
import { isThere } from './references.ts';
import { distinctSource, siblingsOf } from './siblings.ts';

/** A Secret or a ConfigMap as whoever asks may see it. `values` is undefined where there is none, or it may not be read. */
export interface Held {
  readonly allowed: boolean;
  readonly values: Readonly<Record<string, string>> | undefined;
}

/** Whoever can tell what a namespace holds. Where reading is not allowed nothing is read, so that nothing can be said. */
export interface Holders {
  read(from: Sourced['from'], namespace: string, name: string): Promise<Held>;
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

/** Looks up every key that a spec names, each Secret and ConfigMap once. */
export async function gatherKeys(
  sources: readonly Sourced[],
  namespace: string,
  holders: Holders,
): Promise<readonly FoundKey[]> {
  const asked = new Map<string, Promise<Held>>();
  const found = sources.map(async ({ path, from, source }): Promise<FoundKey | undefined> => {
    if (source.is !== 'key') return undefined;
    const { name, key, optional } = source;
    const held = asked.get(`${from}/${name}`) ?? holders.read(from, namespace, name);
    asked.set(`${from}/${name}`, held);
    const { allowed, values } = await held;
    return {
      path,
      from,
      name,
      key,
      optional,
      allowed,
      exists: values !== undefined,
      value: values !== undefined && Object.hasOwn(values, key) ? values[key] : undefined,
      keys: Object.keys(values ?? {}),
    };
  });
  return (await Promise.all(found)).filter((key) => key !== undefined);
}

/**
 * The secrets of what stands below the same parent, where whoever asks may read them: whether two are equal must not
 * be learnt by whoever may not know the one.
 */
export async function gatherSiblings(
  row: Kind,
  object: Resource,
  spec: unknown,
  { view, holders }: { readonly view: View; readonly holders: Holders },
): Promise<readonly SiblingSecret[]> {
  if (distinctSource(row, spec) === undefined) return [];
  const others = siblingsOf(row, object, spec, view).slice(0, mostSiblings);
  const read = others.map(async (other) => {
    const source = distinctSource(row, other.spec);
    if (source?.is !== 'key') return [];
    const keys = await gatherKeys([{ path: '', from: 'Secret', source }], object.metadata.namespace, holders);
    return keys.flatMap(({ value }) => (value === undefined ? [] : [{ name: other.metadata.name, value }]));
  });
  return (await Promise.all(read)).flat();
}

/** A gateway allows ten below one parent unless told otherwise. */
const mostSiblings = 50;

/** So many references are looked up before a refusal; a spec with more absent ones is wrong in any case. */
const mostConfirmed = 50;

/** Asks once more for each reference that the view does not have: it may lag behind. */
export async function confirm(
  references: readonly Reference[],
  namespace: string,
  known: {
    readonly view: View;
    readonly table: KindTable;
    readonly exists: (reference: Reference, row: Kind, namespace: string) => Promise<boolean>;
  },
): Promise<ReadonlySet<Reference>> {
  const { view, table, exists } = known;
  const missing = references
    .filter((reference) => !isThere(reference, namespace, { view, table }))
    .slice(0, mostConfirmed);
  const answers = missing.map(async (reference) => {
    const asked = await Promise.all(
      reference.kinds.map((kind) => exists(reference, table.get(kind), namespace)),
    );
    return asked.includes(true) ? reference : undefined;
  });
  return new Set((await Promise.all(answers)).filter((reference) => reference !== undefined));
}
