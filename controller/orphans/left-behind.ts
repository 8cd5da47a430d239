import { isDeepStrictEqual } from 'node:util';
import type { KubeClient } from '../../src/kube/client.ts';
import { configMapType } from '../../src/kube/core-types.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import type { BareObject } from '../../src/kube/resource.ts';
import { parseResourceKey, resourceKey, type ResourceId } from '../cluster/stored.ts';
import type { Shares } from '../shards/shares.ts';
import { fieldManager } from '../status/settler.ts';
import { partOfLabel, partOfUs } from '../../src/model/annotations.ts';

interface ConfigMap extends BareObject {
  readonly data?: Readonly<Record<string, string>>;
}

interface Dependencies {
  readonly client: Pick<KubeClient, 'get' | 'create' | 'mergePatch' | 'within'>;
  readonly shares: Pick<Shares, 'holds' | 'tenureOf'>;
}

const configMapName = 'portcullis-left-behind';

/**
 * The resources that asked, when they were deleted, to be left where they stood. They bear our mark there for ever, so
 * it is written down in a ConfigMap of our own namespace that they are no orphans. Each namespace has an entry of its
 * own in it, which is written under the tenure of that namespace: replicas that share the work write side by side.
 */
export class LeftBehind {
  readonly #namespace: string;
  readonly #deps: Dependencies;
  #known: ReadonlySet<string> = new Set();
  #turn: Promise<void> = Promise.resolve();

  constructor(namespace: string, dependencies: Dependencies) {
    this.#namespace = namespace;
    this.#deps = dependencies;
  }

  /** Takes over what is written down of namespaces that others have had; what we hold ourselves, we know better. */
  async load(): Promise<void> {
    await this.#inTurn(async () => {
      const { client, shares } = this.#deps;
      const stored = await client.get<ConfigMap>(configMapType, this.#namespace, configMapName);
      const ours = [...this.#known].filter((key) => shares.holds(parseResourceKey(key).namespace));
      const theirs = Object.values(stored?.data ?? {})
        .flatMap((lines) => lines.split('\n'))
        .filter((key) => key !== '' && !shares.holds(parseResourceKey(key).namespace));
      this.#known = new Set([...ours, ...theirs]);
    });
  }

  has(resource: ResourceId): boolean {
    return this.#known.has(keyOf(resource));
  }

  /** Those of which something was left. */
  get keys(): readonly string[] {
    return [...this.#known];
  }

  /** Settles when it is written down; until then nothing of the resource may be let go. */
  async add(resource: ResourceId): Promise<void> {
    await this.#change(resource.namespace, (known) => known.add(keyOf(resource)));
  }

  /** What exists again answers for itself. */
  async drop(key: string): Promise<void> {
    await this.#change(parseResourceKey(key).namespace, (known) => known.delete(key));
  }

  /** One change after the other, each of a whole namespace. */
  async #change(namespace: string, change: (known: Set<string>) => unknown): Promise<void> {
    await this.#inTurn(async () => {
      const next = new Set(this.#known);
      change(next);
      if (isDeepStrictEqual(next, this.#known)) return;
      const keys = [...next].filter((key) => parseResourceKey(key).namespace === namespace);
      await this.#write(namespace, keys.toSorted());
      this.#known = next;
    });
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    await turn;
  }

  async #write(namespace: string, keys: readonly string[]): Promise<void> {
    const { shares } = this.#deps;
    const client = this.#deps.client.within({ tenureOf: () => shares.tenureOf(namespace) });
    const patch = { data: { [namespace]: keys.length === 0 ? null : keys.join('\n') } };
    const write = () =>
      client.mergePatch(configMapType, this.#namespace, configMapName, patch, { fieldManager });
    try {
      await write();
    } catch (error) {
      if (!isKubeError(error, 'notFound')) throw error;
      await this.#create(client);
      await write();
    }
  }

  async #create(client: Pick<KubeClient, 'create'>): Promise<void> {
    const labels = { [partOfLabel]: partOfUs };
    const metadata = { namespace: this.#namespace, name: configMapName, labels };
    try {
      await client.create(configMapType, { apiVersion: 'v1', kind: configMapType.kind, metadata });
    } catch (error) {
      // Another replica was faster.
      if (!isKubeError(error, 'exists')) throw error;
    }
  }
}

function keyOf({ kind, namespace, name }: ResourceId): string {
  return resourceKey({ kind, metadata: { namespace, name } });
}
