import { expect } from 'chai';
import { table } from '../../../src/kinds/table.ts';
import type { Lease } from '../../../src/kube/lease.ts';
import { group } from '../../../src/model/generation.ts';
import { freshNamespace, kubectl } from '../../support/cluster/shared.ts';
import { startGateway, type Gateway } from '../../support/gateway/emulator.ts';
import { minimal } from '../../support/manifests.ts';
import { Replicas, type Replica } from '../../support/replicas.ts';
import { eventually, secret, type StoredObject } from './scene.ts';

export const apis = `${table.get('RestApi').plural}.${group}`;

interface Options {
  readonly prefix: string;
  readonly shards: number;
  /** How many namespaces there are whose resources the gateway takes. */
  readonly namespaces: number;
  readonly settings?: Readonly<Record<string, string>>;
}

/** One gateway, resources in many namespaces, and controllers, each a process, that share the work. */
export class SharedWork {
  readonly home: string;
  readonly spaces: readonly string[];
  readonly gateway: Gateway;
  readonly running = new Set<Replica>();
  readonly #shards: number;
  readonly #replicas: Replicas;

  static async begin(kubeconfig: string, options: Options): Promise<SharedWork> {
    const home = await freshNamespace(options.prefix);
    const gateway = await startGateway({ api: 'v1', pollIntervalMs: 0 });
    const work = new SharedWork(home, gateway, kubeconfig, options);
    await work.apply(
      ...work.spaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
      {
        ...secret('gateway-admin', { username: 'admin', password: 'admin' }),
        metadata: { namespace: home, name: 'gateway-admin' },
      },
    );
    await work.select({ scope: 'Cluster' });
    return work;
  }

  private constructor(home: string, gateway: Gateway, kubeconfig: string, options: Options) {
    this.home = home;
    this.gateway = gateway;
    this.spaces = Array.from({ length: options.namespaces }, (_, index) => `${home}-${index}`);
    this.#shards = options.shards;
    this.#replicas = new Replicas(kubeconfig, {
      PORTCULLIS_NAMESPACE: home,
      // A third of it is for what is under way when a replica loses it; tests delay writes by less.
      PORTCULLIS_LEASE_SECONDS: '8',
      PORTCULLIS_SHARDS: String(options.shards),
      // There is no webhook that could grant anything.
      PORTCULLIS_REACH: 'Any',
      ...options.settings,
    });
  }

  async end(): Promise<void> {
    await kubectl(['delete', 'namespace', ...this.spaces, '--wait=false']);
    await eventually(async () => {
      expect(await kubectl(['get', apis, '-A', '-o', 'name'])).to.equal('');
    }, 60_000);
    // With it go the Leases, without which nobody would have let the resources go.
    await kubectl(['delete', 'namespace', this.home, '--wait=false']);
    await this.#replicas.stop();
    await this.gateway.stop();
  }

  async join(name: string, settings: Readonly<Record<string, string>> = {}): Promise<Replica> {
    const replica = await this.#replicas.start(name, { settings });
    this.running.add(replica);
    return replica;
  }

  async leave(replica: Replica, how: NodeJS.Signals): Promise<void> {
    await replica.signal(how);
    await replica.ended;
    this.running.delete(replica);
  }

  async apply(...items: readonly object[]): Promise<void> {
    await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  }

  /** Says what the gateway is to take. */
  async select(apiSelector: object, annotations: object = {}): Promise<void> {
    const auth = { basic: { secretRef: { name: 'gateway-admin' } } };
    await this.apply({
      apiVersion: `${group}/v1`,
      kind: 'APIGateway',
      metadata: { namespace: this.home, name: 'main', annotations },
      spec: {
        apiSelector,
        management: { url: this.gateway.url, adminUrl: this.gateway.adminUrl, auth },
      },
    });
  }

  async status<T>(): Promise<T> {
    const text = await kubectl(['get', `apigateways.${group}`, 'main', '-n', this.home, '-o', 'json']);
    return (JSON.parse(text) as { status: T }).status;
  }

  /** A resource of each namespace. */
  batch(called: string, change: object = {}, metadata: object = {}): readonly object[] {
    return this.spaces.map((namespace, index) => ({
      apiVersion: `${group}/v1`,
      kind: 'RestApi',
      metadata: { ...metadata, namespace, name: `${called}-${index}` },
      spec: {
        ...minimal.RestApi,
        displayName: `${called} ${index}`,
        context: `/${called}-${index}`,
        ...change,
      },
    }));
  }

  /** The namespace of a resource of a batch. */
  spaceOf(name: string): string {
    return this.spaces[Number(name.split('-').at(-1))] ?? '';
  }

  async stored(called: string): Promise<readonly StoredObject[]> {
    const text = await kubectl(['get', apis, '-A', '-o', 'json']);
    const { items } = JSON.parse(text) as { items: StoredObject[] };
    return items.filter(({ metadata }) => metadata.name.startsWith(`${called}-`));
  }

  /** Waits until all of a batch stand at the gateway as they are wanted now. */
  async programmed(called: string, generation: number): Promise<void> {
    await eventually(async () => {
      const good = (await this.stored(called)).filter(({ status }) => {
        const [entry] = status?.gateways ?? [];
        return entry?.state === 'Programmed' && entry.observedGeneration === generation;
      });
      expect(good).to.have.length(this.spaces.length);
    }, 60_000);
  }

  async leases(): Promise<ReadonlyMap<string, Lease>> {
    const text = await kubectl(['get', 'leases', '-n', this.home, '-o', 'json']);
    return new Map((JSON.parse(text) as { items: Lease[] }).items.map((one) => [one.metadata.name, one]));
  }

  /** Who holds which shard; empty where nobody does. */
  async holders(): Promise<readonly string[]> {
    const all = await this.leases();
    return Array.from(
      { length: this.#shards },
      (_, shard) => all.get(`portcullis-controller-${shard}`)?.spec?.holderIdentity ?? '',
    );
  }

  /** Waits until those that run hold so many shards, whoever has how many. */
  async balanced(...expected: readonly number[]): Promise<void> {
    await eventually(async () => {
      const held = await this.holders();
      const counts = [...this.running].map(
        ({ identity }) => held.filter((holder) => holder === identity).length,
      );
      expect(counts.toSorted().toReversed(), held.join(' ')).to.deep.equal(expected);
    }, 60_000);
  }

  writes(method?: string): Gateway['calls'] {
    return this.gateway.calls.filter((call) =>
      method === undefined ? call.method !== 'GET' : call.method === method,
    );
  }

  /** Every write was one that was wanted: so many, and none was refused. */
  onceEach(method: string, count: number): void {
    const writes = this.writes(method);
    const log = writes.map(({ at, body, path, status, userAgent }) =>
      [at.toISOString(), status, userAgent, path, /"name":"([^"]*)"/.exec(body)?.[1]].join(' '),
    );
    const refused = writes.filter(({ status }) => status >= 300);
    expect(refused, log.join('\n')).to.be.empty;
    expect(writes, log.join('\n')).to.have.length(count);
  }

  /** By the writes that were made: who made any. */
  writers(): ReadonlySet<string> {
    return new Set(this.writes().map(({ userAgent }) => userAgent));
  }

  /** What the gateway holds of a batch, once for each time that it stands there. */
  standing(called: string): readonly string[] {
    return this.gateway
      .stored('rest-apis')
      .map((item) => (item as { metadata: { name: string } }).metadata.name)
      .filter((name) => name.startsWith(`${called}-`));
  }
}

/** What a replica calls itself towards gateways. */
export function agentOf({ identity }: Pick<Replica, 'identity'>): string {
  return `portcullis-controller/${identity}`;
}
