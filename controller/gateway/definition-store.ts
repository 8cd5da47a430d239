import { isDeepStrictEqual } from 'node:util';
import type { KubeClient } from '../../src/kube/client.ts';
import { configMapType } from '../../src/kube/core-types.ts';
import type { BareObject } from '../../src/kube/resource.ts';
import type { PolicyDefinition } from '../../src/policies/definition.ts';
import { definitionsLabel, gatewayAnnotation, keptName } from '../../src/policies/kept.ts';
import { packed, type Packed } from '../../src/policies/packed.ts';
import { backoffMs } from '../../src/runtime/backoff.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import type { Tenure } from '../../src/runtime/tenure.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { WorkQueue } from '../queue.ts';
import type { Shares } from '../shards/shares.ts';
import { fieldManager } from '../status/settler.ts';
import { partOfLabel, partOfUs } from '../../src/model/annotations.ts';

interface Dependencies {
  readonly shares: Shares;
  readonly client: KubeClient;
  readonly cluster: Pick<Cluster, 'gateway' | 'isOutOfSight'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Kept = BareObject & Packed;
type Content = Packed & Pick<BareObject, 'metadata'>;

/** The key of no gateway, and of all. */
const everything = '';

/** Keeps the definitions of every gateway in a ConfigMap of our own namespace, where the webhook finds them. */
export class DefinitionStore {
  readonly #namespace: string;
  readonly #deps: Dependencies;
  readonly #queue: WorkQueue;
  readonly #attempts = new Map<string, number>();

  constructor(namespace: string, dependencies: Dependencies) {
    this.#namespace = namespace;
    this.#deps = dependencies;
    this.#queue = new WorkQueue(dependencies);
  }

  /** Writes what is not kept yet, where that is ours to do; false where it is too large to be kept. */
  async keep(gateway: string, definitions: readonly PolicyDefinition[]): Promise<boolean> {
    const wanted = packed(definitions);
    if (wanted === undefined) return false;
    await this.#deps.shares.during(gateway, 'work', (tenure) => this.#keep(gateway, wanted, tenure));
    return true;
  }

  async #keep(gateway: string, wanted: Packed, tenure: Tenure): Promise<void> {
    const client = this.#deps.client.within({ tenureOf: () => tenure });
    const metadata = {
      namespace: this.#namespace,
      name: keptName(gateway),
      labels: { [partOfLabel]: partOfUs, [definitionsLabel]: 'true' },
      annotations: { [gatewayAnnotation]: gateway },
    };
    const kept = await client.get<Kept>(configMapType, this.#namespace, metadata.name);
    if (kept === undefined || !isDeepStrictEqual(contentOf(kept), contentOf({ ...wanted, metadata }))) {
      const object = { apiVersion: 'v1', kind: configMapType.kind, metadata, ...wanted };
      await client.apply(configMapType, object, { fieldManager, force: true });
    }
    // It may have gone while we wrote.
    this.request(gateway);
  }

  /** Asks for what is kept of a gateway to be removed, if it is gone or nobody can tell of it any more. */
  request(gateway: string): void {
    this.#queue.add(gateway);
  }

  /** Asks for what is kept of gateways that went while nobody watched to be looked for. */
  requestAll(): void {
    this.#queue.add(everything);
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#queue.run(1, (key) => this.#work(key), signal);
  }

  async #work(key: string): Promise<void> {
    try {
      if (key === everything) await this.#sweep();
      else await this.#deps.shares.during(key, 'work', (tenure) => this.#clear(key, tenure));
      this.#attempts.delete(key);
    } catch (error) {
      const attempt = (this.#attempts.get(key) ?? 0) + 1;
      this.#attempts.set(key, attempt);
      this.#deps.logger.warn(
        { gateway: key, attempt, error },
        'The policies of a lost gateway were not removed',
      );
      this.#queue.addAfter(key, backoffMs(attempt, { baseMs: 500, capMs: 60_000 }));
    }
  }

  async #sweep(): Promise<void> {
    const options = { namespace: this.#namespace, labelSelector: definitionsLabel };
    const { items } = await this.#deps.client.list<Kept>(configMapType, options);
    for (const { metadata } of items) {
      const gateway = metadata.annotations?.[gatewayAnnotation];
      if (gateway !== undefined && metadata.name === keptName(gateway)) this.request(gateway);
    }
  }

  async #clear(gateway: string, tenure: Tenure): Promise<void> {
    const { cluster } = this.#deps;
    if (cluster.isOutOfSight(gateway)) return;
    const client = this.#deps.client.within({ tenureOf: () => tenure });
    const { adminUrl, policyDefinitionsRef } = cluster.gateway(gateway)?.spec?.management ?? {};
    if (adminUrl !== undefined || policyDefinitionsRef !== undefined) return;
    await client.delete(configMapType, this.#namespace, keptName(gateway));
  }
}

/** What must be as it was for nothing to be written. */
function contentOf({ data, binaryData, metadata: { labels, annotations } }: Content): unknown {
  const marks = [labels?.[definitionsLabel], annotations?.[gatewayAnnotation]];
  return { data: { ...data }, binaryData: { ...binaryData }, marks };
}
