import type { ManagementClient } from '../../src/gateway/management-client.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import { SchemaCheck } from '../../src/model/checked.ts';
import { itemWithId } from '../../src/model/item.ts';
import type { Owner } from '../../src/model/mark.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { policiesOf } from '../../src/compare/asked-for.ts';
import type { StoredGateway } from '../cluster/stored.ts';
import type { Events } from '../events.ts';
import type { LastSeen } from '../gateway/last-seen.ts';
import { collectionOf, faultOf, type Listed } from '../gateway/listing.ts';
import type { ControllerMetrics } from '../metrics.ts';
import type { Removals } from '../removals/removals.ts';
import type { Shares } from '../shards/shares.ts';
import type { Book } from '../status/book.ts';
import { isAbsent } from './absent.ts';
import { belongingOf, type Belonging } from './census.ts';
import { claimsAt } from './claims.ts';
import { entryKey, ownedKey, type Entry } from './entry.ts';
import { takeInventory } from './inventory.ts';
import type { LeftBehind } from './left-behind.ts';
import { OwnerReader } from './owners.ts';
import { dropReturned } from './returned.ts';
import { Rotation } from './rotation.ts';
import { Sightings } from './sightings.ts';
import { sweep } from './sweep.ts';
import { tellKept, tellRemoved } from './tell.ts';
import { userOf } from './users.ts';

interface Dependencies {
  readonly client: Pick<KubeClient, 'list'>;
  readonly cluster: Cluster;
  readonly book: Book;
  readonly installation: { readonly cluster: string };
  readonly leftBehind: LeftBehind;
  readonly removals: Removals;
  readonly shares: Shares;
  readonly events: Events;
  readonly logger: Logger;
  readonly metrics: ControllerMetrics;
}

/** What a comparison has listed. */
export interface Compared {
  readonly lists: readonly Listed[];
  readonly lastSeen: LastSeen;
}

/** How many items stand at a gateway for which no resource stands. */
export interface Tally {
  readonly unmanaged: number;
  readonly orphaned: number;
}

/**
 * What stands at one gateway and belongs to no resource. What bears no mark of ours is counted and never touched; what
 * bears our mark though its resource exists no more is deleted, once that is beyond doubt, by the replica that has the
 * namespace of that resource.
 */
export class Orphans {
  readonly #gateway: string;
  readonly #deps: Dependencies;
  readonly #owners = new OwnerReader();
  readonly #rotation = new Rotation();
  readonly #sightings = new Sightings();
  readonly #schemas = new SchemaCheck();
  readonly #kept = new Set<string>();
  #going: ReadonlySet<string> = new Set();
  #isInVain = false;

  constructor(gateway: string, dependencies: Dependencies) {
    this.#gateway = gateway;
    this.#deps = dependencies;
  }

  /**
   * Looks through the lists of one comparison and all that it did not list, and deletes what is to go.
   *
   * @returns undefined where nothing could be told
   */
  async look(
    gateway: StoredGateway,
    client: ManagementClient,
    compared: Compared,
    signal: AbortSignal,
  ): Promise<Tally | undefined> {
    try {
      const tally = await this.#search(gateway, client, compared, signal);
      this.#isInVain = false;
      return tally;
    } catch (error) {
      // What one collection or the API server does not answer is no reason to give the gateway up.
      if (signal.aborted || !isKubeError(error)) faultOf(error);
      const fields = { gateway: this.#gateway, error };
      if (!this.#isInVain) this.#deps.logger.warn(fields, 'Orphans can not be looked for at a gateway');
      this.#isInVain = true;
      return undefined;
    }
  }

  async #search(
    gateway: StoredGateway,
    client: ManagementClient,
    { lists: compared, lastSeen }: Compared,
    signal: AbortSignal,
  ): Promise<Tally | undefined> {
    const { cluster, shares } = this.#deps;
    const isPaused = policiesOf(nothing, undefined, gateway).mode === 'Paused';
    if (isPaused || !cluster.informers.every(({ hasSynced }) => hasSynced)) return undefined;
    if (shares.isDivided) await this.#deps.leftBehind.load();
    await dropReturned(this.#deps);
    const steps = { client, table: cluster.table, rotation: this.#rotation, lastSeen, signal };
    const lists = await takeInventory(compared, steps);
    lastSeen.keep(new Set(lists.map(({ place }) => collectionOf(place))));
    const entries = await this.#entriesOf(lists, client, signal);
    const counted = this.#count(entries);
    const orphans = counted.get('orphaned') ?? [];
    const ready = this.#confirmed(orphans, lists).filter((entry) => isDeletable(entry, gateway, cluster));
    const expected = this.#going;
    this.#expect(gateway, this.#goingOf(ready, entries));
    this.#countRemovedElsewhere(expected, entries, gateway);
    const ours = ready.filter(({ owner }) => shares.holds(owner?.namespace ?? ''));
    const removed = ours.length === 0 ? 0 : await this.#sweep(ours, entries, gateway, client, signal);
    return {
      unmanaged: counted.get('unmanaged')?.length ?? 0,
      orphaned: orphans.length - removed,
    };
  }

  /** Whose everything is. What a status claims needs no mark. */
  async #entriesOf(
    lists: readonly Listed[],
    client: ManagementClient,
    signal: AbortSignal,
  ): Promise<readonly Entry[]> {
    const { cluster, installation } = this.#deps;
    const isClaimed = claimsAt(this.#gateway, this.#deps);
    const namespaces = [...cluster.namespaceInformer.list()].map(({ metadata }) => metadata.name);
    const sought = { cluster: installation.cluster, namespaces };
    const entries: Entry[] = [];
    for (const list of lists) {
      const { place, seen } = list;
      for (const id of seen.ids) {
        const item = () => itemWithId(place.row, list.items(), id);
        const ownerOf = () => this.#owners.ownerOf({ place, id, item }, seen.owners, sought, client, signal);
        entries.push({ place, id, item, owner: isClaimed({ place, id }) ? undefined : await ownerOf() });
      }
    }
    this.#owners.keep(new Set(entries.map(entryKey)));
    return entries;
  }

  #count(entries: readonly Entry[]): ReadonlyMap<Belonging, readonly Entry[]> {
    const { cluster, installation, leftBehind } = this.#deps;
    const view = {
      cluster: installation.cluster,
      table: cluster.table,
      isClaimed: claimsAt(this.#gateway, this.#deps),
      hasResource: (owner: Owner) => cluster.find(owner) !== undefined,
      sees: (namespace: string) => cluster.sees(namespace),
      wasLeft: (owner: Owner) => leftBehind.has(owner),
    };
    return Map.groupBy(entries, (entry) => belongingOf(entry, view));
  }

  /** Those that were seen often enough. */
  #confirmed(orphans: readonly Entry[], lists: readonly Listed[]): readonly Entry[] {
    const seen = new Map(orphans.map((entry) => [ownedKey(entry), collectionOf(entry.place)]));
    const looked = new Set(lists.map(({ place }) => collectionOf(place)));
    const confirmed = this.#sightings.note(seen, (where) => looked.has(where));
    return orphans.filter((entry) => confirmed.has(ownedKey(entry)));
  }

  /** What is in use by something that stays, or could not be removed the last time, is none of what would go. */
  #goingOf(ready: readonly Entry[], standing: readonly Entry[]): readonly string[] {
    const view = { table: this.#deps.cluster.table, schemas: this.#schemas };
    const staying = standing.filter((entry) => !ready.includes(entry));
    const going = ready.filter(
      (entry) => !this.#kept.has(ownedKey(entry)) && userOf(entry, staying, view) === undefined,
    );
    this.#kept.clear();
    return going.map(ownedKey);
  }

  /** What was to go and is gone was removed by the replica whose it was to remove. */
  #countRemovedElsewhere(
    expected: ReadonlySet<string>,
    entries: readonly Entry[],
    gateway: StoredGateway,
  ): void {
    const standing = new Set(entries.map(ownedKey));
    for (const key of expected) if (!standing.has(key)) this.#deps.removals.removedElsewhere(gateway);
  }

  #expect(gateway: StoredGateway, going: readonly string[]): void {
    this.#going = new Set(going);
    this.#deps.removals.expectOrphans(gateway, this.#going.size);
  }

  /** It has gone, or it will not go this time. */
  #settled(entry: Entry, gateway: StoredGateway): void {
    this.#expect(
      gateway,
      [...this.#going].filter((key) => key !== ownedKey(entry)),
    );
  }

  async #sweep(
    ready: readonly Entry[],
    standing: readonly Entry[],
    gateway: StoredGateway,
    client: ManagementClient,
    signal: AbortSignal,
  ): Promise<number> {
    const { cluster, removals, shares } = this.#deps;
    let removed = 0;
    await sweep(ready, standing, {
      client,
      table: cluster.table,
      schemas: this.#schemas,
      signal,
      isAbsent: async ({ owner }) =>
        owner !== undefined &&
        cluster.sees(owner.namespace) &&
        (await isAbsent(this.#deps.client, cluster.table.get(owner.kind), owner)),
      during: (entry, work) =>
        shares.during(entry.owner?.namespace ?? '', 'work', (tenure) => work(client.under(tenure))),
      mayRemove: () => removals.verdict(gateway) !== 'held',
      removed: (entry) => {
        removed += 1;
        removals.removed(gateway);
        this.#settled(entry, gateway);
        tellRemoved(entry, gateway, this.#deps);
      },
      kept: (entry, why) => {
        this.#kept.add(ownedKey(entry));
        this.#settled(entry, gateway);
        tellKept(entry, why, gateway, this.#deps);
      },
    });
    return removed;
  }
}

/** An object without annotations: what holds is what its namespace and its gateway say. */
const nothing = { metadata: {} };

/** Whether the annotations of the namespace and of the gateway let it go. */
function isDeletable({ owner }: Entry, gateway: StoredGateway, cluster: Cluster): boolean {
  const namespace = cluster.namespace(owner?.namespace ?? '');
  const { mode, deletion } = policiesOf(nothing, namespace, gateway);
  return mode === 'Active' && deletion === 'Delete';
}
