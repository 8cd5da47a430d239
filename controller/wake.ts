import { isDeepStrictEqual } from 'node:util';
import type { Change } from '../src/kube/store.ts';
import type { BareObject, KubeObject } from '../src/kube/resource.ts';
import { admitsLabel, inUseLabel, meantLabels } from '../src/model/annotations.ts';
import { gatewayKey } from '../src/selection/gateways.ts';
import { mayBeThere } from '../src/model/standing.ts';
import type { Cluster } from './cluster/cluster.ts';
import { asStored, resourceKey, type Stored, type Subject } from './cluster/stored.ts';
import { targetsOf } from './cluster/targets.ts';
import type { DefinitionStore } from './gateway/definition-store.ts';
import type { Tending } from './gateway/tending.ts';
import type { Parts } from './parts.ts';
import type { Removals } from './removals/removals.ts';
import type { Shares } from './shards/shares.ts';
import type { Book } from './status/book.ts';
import type { Progress } from './status/progress.ts';
import type { InUse } from './status/in-use.ts';
import type { Settler } from './status/settler.ts';

interface Dependencies {
  readonly shares: Shares;
  readonly definitions: DefinitionStore;
  readonly cluster: Cluster;
  readonly book: Book;
  readonly parts: Parts;
  readonly settler: Settler;
  readonly inUse: InUse;
  readonly tending: Tending;
  readonly progress: Progress;
  readonly removals: Pick<Removals, 'seenToGo' | 'takeOver'>;
}

/** Whom a change wakes. */
export class Wake {
  readonly #deps: Dependencies;

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
  }

  /** From now on every change of what the informers hold wakes whom it concerns. */
  listen(): void {
    const { cluster } = this.#deps;
    for (const [kind, informer] of cluster.kinds) {
      const row = cluster.table.get(kind);
      informer.onChange((change) =>
        this.#resourceChanged({ row, resource: asStored(change.object) }, change),
      );
    }
    cluster.gatewayInformer.onChange((change) => this.#gatewayChanged(change));
    cluster.namespaceInformer.onChange((change) => this.#namespaceChanged(change));
  }

  /** Wakes everything whose key is ours from now on: its namespace or, of a gateway, its own. */
  begin(isOurs: (key: string) => boolean): void {
    const { cluster, parts, tending, definitions, removals } = this.#deps;
    for (const { metadata } of cluster.gatewayInformer.list()) {
      const key = gatewayKey({ namespace: metadata.namespace ?? '', name: metadata.name });
      const gateway = cluster.gateway(key);
      if (gateway !== undefined && isOurs(key)) removals.takeOver(gateway);
      if (gateway !== undefined) parts.start(key).poke();
      if (isOurs(key)) tending.request(key);
    }
    definitions.requestAll();
    for (const subject of cluster.all())
      if (isOurs(subject.resource.metadata.namespace)) this.#everywhere(subject);
  }

  /** Wakes everything: what could not be known before may concern anything. */
  all(): void {
    for (const subject of this.#deps.cluster.all()) this.#everywhere(subject);
  }

  /** Something of a resource came to, went from or changed at a gateway. */
  moved(subject: Subject, gateway: string): void {
    const { cluster, parts, tending } = this.#deps;
    const part = parts.get(gateway);
    for (const { resource } of cluster.dependants(subject)) part?.enqueue(resourceKey(resource));
    for (const resource of this.#referents(subject)) part?.enqueue(resourceKey(resource));
    for (const { resource } of this.#rivals(subject)) part?.enqueue(resourceKey(resource));
    for (const resource of this.#waitingForRoom(subject, gateway)) part?.enqueue(resourceKey(resource));
    tending.request(gateway);
  }

  #resourceChanged(subject: Subject, change: Change<KubeObject>): void {
    const { book, settler, inUse, shares, tending, progress } = this.#deps;
    if (change.type === 'removed') {
      progress.forget(subject.resource.metadata.uid);
      for (const entry of book.entries(subject.resource)) tending.request(gatewayKey(entry));
      book.forget(subject.resource.metadata.uid);
      inUse.referentsOf(subject);
      this.#around(subject);
    } else if (isNews(change)) {
      progress.changed(subject.resource);
      this.#everywhere(subject);
      this.#around(subject);
      inUse.referentsOf(subject);
      if (change.before !== undefined) {
        const before = { ...subject, resource: asStored(change.before) };
        this.#around(before);
        inUse.referentsOf(before);
      }
    } else if (!isDeepStrictEqual(change.before?.metadata.finalizers, change.object.metadata.finalizers)) {
      settler.request(subject.resource);
    }
    if (change.before !== undefined) this.#movedAway(subject, asStored(change.before));
    if (!shares.holds(subject.resource.metadata.namespace)) this.#movedElsewhere(subject, change);
    if (change.type === 'changed' && labelOf(change.before) !== labelOf(change.object))
      inUse.request(subject.resource);
  }

  /** Counts what has gone because its gateway takes it no more, whoever removed it. */
  #movedAway({ resource }: Subject, before: Stored): void {
    const { cluster, removals } = this.#deps;
    if (resource.metadata.deletionTimestamp !== undefined) return;
    const left = new Map((resource.status?.gateways ?? []).map((entry) => [gatewayKey(entry), entry]));
    for (const entry of before.status?.gateways ?? []) {
      const gateway = cluster.gateway(gatewayKey(entry));
      if (gateway === undefined || !mayBeThere(entry) || mayBeThere(left.get(gatewayKey(entry)))) continue;
      if (!cluster.selects(gateway, resource)) removals.seenToGo(gateway, resource);
    }
  }

  /** What another replica did shows in the status, and only there. */
  #movedElsewhere(subject: Subject, { object, before }: Change<KubeObject>): void {
    if (before === undefined) return;
    const was = placesOf(asStored(before));
    const is = placesOf(asStored(object));
    for (const gateway of new Set([...was.keys(), ...is.keys()]))
      if (was.get(gateway) !== is.get(gateway)) this.moved(subject, gateway);
  }

  /** A resource at every gateway that has to do with it, and its status. */
  #everywhere({ resource }: Subject): void {
    const { cluster, book, parts, settler, inUse } = this.#deps;
    const { wanted, former } = targetsOf(cluster, resource, book.entries(resource).map(gatewayKey));
    for (const gateway of [...wanted, ...former]) parts.get(gateway)?.enqueue(resourceKey(resource));
    settler.request(resource);
    inUse.request(resource);
  }

  /** Those for whom it matters that a resource is there, or is as it is: who refers to it, and who wants its place. */
  #around(subject: Subject): void {
    const { cluster } = this.#deps;
    for (const other of [...cluster.dependants(subject), ...this.#rivals(subject)]) this.#everywhere(other);
  }

  #rivals(subject: Subject): readonly Subject[] {
    const { handle, artifact } = this.#deps.cluster.rivals(subject);
    return [...handle, ...artifact];
  }

  /** What a resource refers to, where that only waits for being referred to no more. */
  #referents(subject: Subject) {
    const { cluster } = this.#deps;
    const { namespace } = subject.resource.metadata;
    return cluster
      .references(subject)
      .flatMap((reference) => cluster.referent(namespace, reference)?.resource ?? [])
      .filter(
        ({ metadata, status }) =>
          metadata.deletionTimestamp !== undefined ||
          status?.gateways?.some(({ state }) => state === 'Removing') === true,
      );
  }

  /** Those below the same parent for which there was no room left at a gateway. */
  #waitingForRoom({ row, resource }: Subject, gateway: string): readonly Stored[] {
    const { cluster, book } = this.#deps;
    const { spec } = cluster.check({ row, resource });
    if (row.countedBy === undefined || row.identity.is !== 'nested' || spec === undefined) return [];
    const { kind, name } = row.identity.parent(spec);
    const parent = cluster.find({ kind, name, namespace: resource.metadata.namespace });
    return (parent === undefined ? [] : cluster.dependants(parent))
      .map((sibling) => sibling.resource)
      .filter((sibling) => book.entry(sibling, gateway)?.reason === 'QuotaExceeded');
  }

  #gatewayChanged(change: Change<KubeObject>): void {
    const { cluster, parts, tending } = this.#deps;
    const { namespace = '', name } = change.object.metadata;
    const key = `${namespace}/${name}`;
    if (change.type !== 'removed' && !isNews(change)) return;
    tending.request(key);
    if (cluster.gateway(key) === undefined) parts.stop(key);
    else parts.start(key).poke();
    this.all();
  }

  #namespaceChanged({ before, object }: Change<BareObject>): void {
    const isAdmitting = before?.metadata.labels?.[admitsLabel] !== object.metadata.labels?.[admitsLabel];
    if (!isAdmitting && isDeepStrictEqual(before?.metadata.annotations, object.metadata.annotations)) return;
    for (const subject of this.#deps.cluster.inNamespace(object.metadata.name)) this.#everywhere(subject);
  }
}

/** By gateway, what somebody else may wait for. */
function placesOf({ status }: Stored): ReadonlyMap<string, string> {
  return new Map(
    (status?.gateways ?? []).map((entry) => [gatewayKey(entry), `${entry.state} ${entry.fingerprint ?? ''}`]),
  );
}

function labelOf(object: BareObject | undefined): string | undefined {
  return object?.metadata.labels?.[inUseLabel];
}

/** Whether something changed that people, and not we, write. */
export function isNews({ object: { metadata: after }, before }: Change<BareObject>): boolean {
  if (before === undefined) return true;
  const was = before.metadata;
  return (
    was.uid !== after.uid ||
    was.generation !== after.generation ||
    was.deletionTimestamp !== after.deletionTimestamp ||
    !isDeepStrictEqual(meantLabels(was.labels), meantLabels(after.labels)) ||
    !isDeepStrictEqual(was.annotations, after.annotations)
  );
}
