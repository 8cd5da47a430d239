import type { KubeClient } from '../../src/kube/client.ts';
import { customType, namespaceType } from '../../src/kube/core-types.ts';
import { createInformer, type Informer, type InformerOptions } from '../../src/kube/informer.ts';
import { createScopedInformer } from '../../src/kube/scoped-informer.ts';
import type { Scope } from '../../src/kube/scope.ts';
import type { KubeObject, ResourceType } from '../../src/kube/resource.ts';
import { artifactId } from '../../src/model/annotations.ts';
import type { CheckedSpec, SchemaCheck, SchemaResult } from '../../src/model/checked.ts';
import type { Kind, Reference } from '../../src/model/kind.ts';
import type { KindTable } from '../../src/model/kind-table.ts';
import { referenceKey, referencesOf } from '../../src/model/references.ts';
import { reviewedOnly } from '../../src/model/unreviewed.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import { mayTakeFrom, type ReachRules } from '../../src/selection/reach.ts';
import { selects } from '../../src/selection/selects.ts';
import { deletesWithGateway } from '../../src/compare/asked-for.ts';
import {
  asStored,
  parseResourceKey,
  resourceKey,
  type ResourceId,
  type Stored,
  type StoredGateway,
  type Subject,
} from './stored.ts';

interface Dependencies {
  readonly client: KubeClient;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly table: KindTable;
  readonly schemas: SchemaCheck;
  readonly gatewayKind: { readonly kind: string; readonly plural: string };
  readonly reach: ReachRules['reach'];
  readonly scope: Scope;
}

/**
 * What the informers hold, and what can be looked up in it. A kind whose CRD is not there has no resources; its part
 * starts when the CRD comes, and nothing else notices.
 */
export class Cluster {
  readonly table: KindTable;
  readonly kinds: ReadonlyMap<string, Informer<KubeObject>>;
  readonly gatewayInformer: Informer<KubeObject>;
  readonly namespaceInformer: Informer<KubeObject>;
  /** What decides how far the gateways reach. */
  readonly rules: ReachRules;
  /** What of all namespaces is our concern. */
  readonly scope: Scope;
  readonly #schemas: SchemaCheck;
  #changes = 0;

  constructor(dependencies: Dependencies) {
    const { client, logger, clock, table, gatewayKind, scope } = dependencies;
    this.table = table;
    this.scope = scope;
    this.#schemas = dependencies.schemas;
    const steps = { client, logger, clock };
    const informer = (type: ResourceType, options: Partial<InformerOptions<KubeObject>>) =>
      createScopedInformer<KubeObject>(scope, { type, optional: true, ...options }, steps);
    const fieldSelector = reviewedOnly;
    this.kinds = new Map(
      table.rows.map((row) => [
        row.kind,
        informer(customType(row), { indexes: this.#indexesOf(row), fieldSelector }),
      ]),
    );
    this.gatewayInformer = informer(customType(gatewayKind), { fieldSelector });
    this.namespaceInformer = createInformer<KubeObject>({ type: namespaceType, optional: true }, steps);
    const labelsOf = (name: string) => this.namespace(name)?.metadata.labels;
    this.rules = { reach: dependencies.reach, labelsOf };
    for (const informer of this.informers) informer.onChange(() => (this.#changes += 1));
  }

  /** Another number whenever something is there that was not, or is not any more, or is another. */
  get changes(): number {
    return this.#changes;
  }

  get informers(): readonly Informer<KubeObject>[] {
    return [...this.kinds.values(), this.gatewayInformer, this.namespaceInformer];
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.informers.map((informer) => informer.run(signal)));
  }

  /** Whether all that is in a namespace is known, so that what is not known does not exist. */
  sees(namespace: string): boolean {
    return [...this.kinds.values(), this.gatewayInformer].every((informer) => informer.shows(namespace));
  }

  find({ kind, namespace, name }: ResourceId): Subject | undefined {
    const row = this.table.find(kind);
    const object = this.kinds.get(kind)?.get(namespace, name);
    return row === undefined || object === undefined ? undefined : { row, resource: asStored(object) };
  }

  findByKey(key: string): Subject | undefined {
    return this.find(parseResourceKey(key));
  }

  *all(): Iterable<Subject> {
    for (const row of this.table.rows) for (const resource of this.ofKind(row)) yield { row, resource };
  }

  *ofKind({ kind }: Kind): Iterable<Stored> {
    for (const object of this.kinds.get(kind)?.list() ?? []) yield asStored(object);
  }

  inNamespace(namespace: string): readonly Subject[] {
    return this.table.rows.flatMap((row) => this.#by(row, 'namespace', namespace));
  }

  /** Whether a spec fits its schema. */
  check({ row, resource }: Subject): SchemaResult {
    return this.#schemas.check(row, resource.spec);
  }

  references(subject: Subject): readonly Reference[] {
    const { spec } = this.check(subject);
    return spec === undefined ? [] : referencesOf(subject.row, spec);
  }

  /** The resource that satisfies a reference from a namespace; one that is being deleted only if there is no other. */
  referent(namespace: string, reference: Reference): Subject | undefined {
    const found = this.referents(namespace, reference);
    return found.find(({ resource }) => resource.metadata.deletionTimestamp === undefined) ?? found[0];
  }

  /** Everything that satisfies a reference from a namespace. */
  referents(namespace: string, reference: Reference): readonly Subject[] {
    return reference.kinds.flatMap((kind) => {
      const row = this.table.get(kind);
      const named = this.find({ kind, namespace, name: reference.name });
      if (named !== undefined) return [named];
      return reference.by === 'key'
        ? this.#by(row, 'title', reference.name).filter(
            ({ resource }) => resource.metadata.namespace === namespace,
          )
        : [];
    });
  }

  /** Everything that refers to a resource, by its name or by its natural key. */
  dependants({ row, resource }: Subject): readonly Subject[] {
    const { namespace, name } = resource.metadata;
    const title = this.#titleOf({ row, resource });
    const names = new Set([name, ...(title === undefined ? [] : [title])]);
    const found = new Map<string, Subject>();
    for (const other of this.table.rows) {
      for (const called of names) {
        for (const subject of this.#by(other, 'refers', referenceKey(namespace, row.kind, called))) {
          found.set(resourceKey(subject.resource), subject);
        }
      }
    }
    return [...found.values()];
  }

  /** Others that want the same place at a gateway: the handle, the title or the stored uuid. Itself is not among them. */
  rivals(subject: Subject): { readonly handle: readonly Subject[]; readonly artifact: readonly Subject[] } {
    const { row, resource } = subject;
    const isOther = ({ resource: other }: Subject) => other.metadata.uid !== resource.metadata.uid;
    const title = this.#titleOf(subject);
    const titled = title === undefined ? [] : this.#by(row, 'title', title);
    const named =
      row.identity.is === 'handle'
        ? this.table.sharing(row).flatMap((sharing) => this.#by(sharing, 'name', resource.metadata.name))
        : [];
    const artifact = resource.metadata.annotations?.[artifactId];
    const sameArtifact =
      artifact === undefined ? [] : this.table.rows.flatMap((other) => this.#by(other, 'artifact', artifact));
    return { handle: [...named, ...titled].filter(isOther), artifact: sameArtifact.filter(isOther) };
  }

  /** A gateway that is in use; undefined where it is gone, or going without taking anything along. */
  gateway(key: string): StoredGateway | undefined {
    const [namespace, name = ''] = key.split('/');
    const object = this.gatewayInformer.get(namespace, name);
    if (object === undefined) return undefined;
    const going = object.metadata.deletionTimestamp !== undefined;
    return going && !deletesWithGateway(object) ? undefined : (object as unknown as StoredGateway);
  }

  /** Whether a gateway that is not known may be there all the same: its namespace is watched, and we may not read it. */
  isOutOfSight(key: string): boolean {
    const [namespace = ''] = key.split('/');
    return (
      this.scope.watches(namespace) &&
      !this.gatewayInformer.shows(namespace) &&
      this.gateway(key) === undefined
    );
  }

  gateways(): readonly StoredGateway[] {
    return [...this.gatewayInformer.list()].flatMap(
      ({ metadata }) => this.gateway(`${metadata.namespace ?? ''}/${metadata.name}`) ?? [],
    );
  }

  /** Whether a gateway can be asked what is live there. */
  tellsLive(key: string): boolean {
    return this.gateway(key)?.spec?.management?.adminUrl !== undefined;
  }

  /** Whether a gateway asks for a resource and may have it. One that is going takes nothing any more. */
  selects(gateway: StoredGateway, { metadata }: Stored): boolean {
    if (gateway.metadata.deletionTimestamp !== undefined) return false;
    const { namespace, labels = {} } = metadata;
    const { apiSelector = {} } = gateway.spec ?? {};
    return (
      selects(apiSelector, gateway.metadata.namespace, { namespace, labels }) &&
      mayTakeFrom(gateway, namespace, this.rules)
    );
  }

  namespace(name: string): KubeObject | undefined {
    return this.namespaceInformer.get(undefined, name);
  }

  #titleOf(subject: Subject): string | undefined {
    const { spec } = this.check(subject);
    return spec === undefined ? undefined : subject.row.title?.(spec);
  }

  #by(row: Kind, index: string, value: string): readonly Subject[] {
    return (this.kinds.get(row.kind)?.by(index, value) ?? []).map((object) => ({
      row,
      resource: asStored(object),
    }));
  }

  #indexesOf(row: Kind): Record<string, (object: KubeObject) => readonly string[]> {
    const of = (object: KubeObject, read: (spec: CheckedSpec) => readonly (string | undefined)[]) => {
      const { spec } = this.check({ row, resource: asStored(object) });
      return spec === undefined ? [] : read(spec).filter((value) => value !== undefined);
    };
    return {
      namespace: ({ metadata }) => [metadata.namespace ?? ''],
      name: ({ metadata }) => [metadata.name],
      artifact: ({ metadata }) => [metadata.annotations?.[artifactId]].filter((id) => id !== undefined),
      title: (object) => of(object, (spec) => [row.title?.(spec)]),
      refers: (object) =>
        of(object, (spec) =>
          referencesOf(row, spec).flatMap(({ kinds, name }) =>
            kinds.map((kind) => referenceKey(object.metadata.namespace ?? '', kind, name)),
          ),
        ),
    };
  }
}
