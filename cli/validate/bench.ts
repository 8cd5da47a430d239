import { isEnforcement } from '../../src/checks/enforcement.ts';
import type { Held, Holders } from '../../src/checks/gather.ts';
import type { FoundKey } from '../../src/checks/input.ts';
import { holderValues } from '../../src/kube/holder.ts';
import { enforcementLabel } from '../../src/model/annotations.ts';
import type { SchemaCheck } from '../../src/model/checked.ts';
import type { Generation } from '../../src/model/generation.ts';
import type { Kind } from '../../src/model/kind.ts';
import type { KindTable } from '../../src/model/kind-table.ts';
import { isSame, type Resource } from '../../src/model/resource.ts';
import { grantedTo } from '../../src/selection/granting.ts';
import { FilesView } from './files-view.ts';
import type { Said } from './judge.ts';
import { librariesIn } from './libraries.ts';
import type { Sorted } from './sort.ts';
import type { Surroundings } from './surroundings.ts';

/** What the webhook is told by its settings, and the person by options. */
export interface JudgeOptions {
  /** How absent references are treated; by default as the cluster does, and without one as a warning. */
  readonly enforcement: 'Deny' | 'Warn' | undefined;
  readonly inlineSecrets: 'Deny' | 'Warn';
  readonly allowLoopback: boolean;
  /** What gateways speak of which nothing tells it. */
  readonly generation: Generation | undefined;
  readonly maxRemovalPercent: number;
  readonly now: Date;
}

/** What is asked of the review policies. */
export interface ReviewQuestion {
  readonly row: Kind;
  readonly object: Resource;
  readonly old: Resource | undefined;
  readonly keys: readonly FoundKey[];
}

/** Everything by which documents are judged. */
export interface Bench {
  readonly table: KindTable;
  readonly schemas: SchemaCheck;
  readonly view: FilesView;
  readonly holders: Holders;
  readonly options: JudgeOptions;
  readonly surroundings: Surroundings;
  /** What is stored of an object, if it is. */
  storedOf(object: Resource): Resource | undefined;
  review(question: ReviewQuestion): Promise<readonly Said[]>;
  /** What is wrong with the spec of a review policy itself. */
  faultsOfPolicy(spec: unknown): readonly Said[];
}

/** The review policies that hold, put to work over a view. */
export type Reviewing = (view: FilesView) => Pick<Bench, 'review' | 'faultsOfPolicy'>;

/** Lays out what the files say over what stands around them. */
export async function benchFor(
  sorted: Sorted,
  surroundings: Surroundings,
  options: JudgeOptions,
  known: Pick<Bench, 'table' | 'schemas'>,
  reviewing: Reviewing,
): Promise<Bench> {
  const { resources, gateways, namespaces, isCluster } = surroundings;
  // As the webhook leaves them when they are applied.
  const granted = await Promise.all(
    sorted.gateways.map(({ object }) =>
      grantedTo(object, among(gateways, object), () => surroundings.mayBind(object.metadata.name)),
    ),
  );
  const libraryOf = librariesIn(sorted);
  const view = new FilesView(
    {
      resources: [...resources, ...sorted.resources.map(({ object }) => object)],
      gateways: [...gateways, ...granted],
      namespaces: [...namespaces, ...sorted.namespaces],
      // Without a cluster nobody knows what would be granted: a gateway takes whatever it asks for.
      reach: isCluster ? 'Granted' : 'Any',
      generation: options.generation,
      libraryOf: (gateway) => libraryOf(gateway) ?? surroundings.libraryOf(gateway),
    },
    known,
  );
  const stored = new Map(resources.map((resource) => [keyOf(resource), resource]));
  return {
    ...known,
    view,
    options,
    surroundings,
    holders: holdersOf(sorted, surroundings),
    storedOf: (object) => stored.get(keyOf(object)),
    ...reviewing(view),
  };
}

/** What holds in a namespace: the word that the person gave, else the label of the namespace, else what is usual. */
export function placeOf(
  { view, options, surroundings }: Bench,
  namespace: string,
): { readonly enforcement: 'Deny' | 'Warn' } {
  if (options.enforcement !== undefined) return { enforcement: options.enforcement };
  const usual = surroundings.isCluster ? 'Deny' : 'Warn';
  const label = view.labelsOf(namespace)[enforcementLabel];
  return { enforcement: isEnforcement(label) && label !== 'Auto' ? label : usual };
}

export function among(stored: readonly Resource[], object: Resource): Resource | undefined {
  return stored.find((one) => isSame(one, object));
}

function keyOf({ kind, metadata }: Resource): string {
  return `${kind}/${metadata.namespace}/${metadata.name}`;
}

/** Those in the files first. */
function holdersOf({ holders }: Sorted, surroundings: Surroundings): Holders {
  const inFiles = new Map(
    holders.map((holder) => [
      `${holder.kind}/${holder.metadata.namespace ?? ''}/${holder.metadata.name}`,
      holder,
    ]),
  );
  return {
    async read(from, namespace, name): Promise<Held> {
      const holder = inFiles.get(`${from}/${namespace}/${name}`);
      if (holder === undefined) return await surroundings.holders.read(from, namespace, name);
      return { allowed: true, values: holderValues(from, holder) };
    },
  };
}
