import { isDeepStrictEqual } from 'node:util';
import type { KubeClient } from '../../src/kube/client.ts';
import { configMapType } from '../../src/kube/core-types.ts';
import type { BareObject } from '../../src/kube/resource.ts';
import { resourceKey } from '../cluster/stored.ts';
import { fieldManager } from '../status/settler.ts';

interface ConfigMap extends BareObject {
  readonly data?: Readonly<Record<string, string>>;
}

interface Named {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

const configMapName = 'portcullis-left-behind';
const dataKey = 'resources';

/**
 * The resources that asked, when they were deleted, to be left where they stood. They bear our mark there for ever, so
 * it is written down in a ConfigMap of our own namespace that they are no orphans.
 */
export class LeftBehind {
  readonly #namespace: string;
  readonly #client: Pick<KubeClient, 'get' | 'apply'>;
  #known: ReadonlySet<string> = new Set();
  #writing: Promise<void> = Promise.resolve();

  constructor(namespace: string, client: Pick<KubeClient, 'get' | 'apply'>) {
    this.#namespace = namespace;
    this.#client = client;
  }

  async load(): Promise<void> {
    const stored = await this.#client.get<ConfigMap>(configMapType, this.#namespace, configMapName);
    this.#known = new Set((stored?.data?.[dataKey] ?? '').split('\n').filter((line) => line !== ''));
  }

  has(resource: Named): boolean {
    return this.#known.has(keyOf(resource));
  }

  /** Those of which something was left. */
  get keys(): readonly string[] {
    return [...this.#known];
  }

  /** Settles when it is written down; until then nothing of the resource may be let go. */
  async add(resource: Named): Promise<void> {
    await this.#change((known) => known.add(keyOf(resource)));
  }

  /** What exists again answers for itself. */
  async drop(keys: readonly string[]): Promise<void> {
    await this.#change((known) => {
      for (const key of keys) known.delete(key);
    });
  }

  /** One change after the other, each of the whole. */
  async #change(change: (known: Set<string>) => unknown): Promise<void> {
    const turn = this.#writing.then(async () => {
      const next = new Set(this.#known);
      change(next);
      if (isDeepStrictEqual(next, this.#known)) return;
      await this.#write(next);
      this.#known = next;
    });
    this.#writing = turn.catch(() => undefined);
    await turn;
  }

  async #write(known: ReadonlySet<string>): Promise<void> {
    const metadata = {
      namespace: this.#namespace,
      name: configMapName,
      labels: { 'app.kubernetes.io/part-of': 'portcullis' },
    };
    const data = { [dataKey]: [...known].toSorted().join('\n') };
    const object = { apiVersion: 'v1', kind: configMapType.kind, metadata, data };
    await this.#client.apply(configMapType, object, { fieldManager, force: true });
  }
}

function keyOf({ kind, namespace, name }: Named): string {
  return resourceKey({ kind, metadata: { namespace, name } });
}
