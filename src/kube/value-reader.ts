import type { Sourced } from '../model/spec-secrets.ts';
import type { Clock } from '../runtime/clock.ts';
import type { KubeClient } from './client.ts';
import { configMapType, secretType } from './core-types.ts';
import { holderValues, type Holder } from './holder.ts';

export type Values = Readonly<Record<string, string>>;

/** Reads Secrets and ConfigMaps with `get`, never with list or watch, and each once in a short while. */
export class ValueReader {
  readonly #client: Pick<KubeClient, 'get'>;
  readonly #clock: Clock;
  readonly #recent = new Map<string, { readonly at: number; readonly values: Promise<Values | undefined> }>();

  constructor({ client, clock }: { readonly client: Pick<KubeClient, 'get'>; readonly clock: Clock }) {
    this.#client = client;
    this.#clock = clock;
  }

  /** The keys of a Secret or ConfigMap in clear; undefined where there is none. */
  async read(from: Sourced['from'], namespace: string, name: string): Promise<Values | undefined> {
    const key = `${from}/${namespace}/${name}`;
    const now = this.#clock.monotonicMs();
    for (const [known, { at }] of this.#recent) {
      if (now - at < freshMs) break;
      this.#recent.delete(known);
    }
    const recent = this.#recent.get(key);
    const values = recent?.values ?? this.#fetch(from, namespace, name);
    if (recent === undefined) this.#recent.set(key, { at: now, values });
    try {
      const found = await values;
      // What is missing may come at any moment, and somebody waits for it.
      if (found === undefined) this.#recent.delete(key);
      return found;
    } catch (error) {
      this.#recent.delete(key);
      throw error;
    }
  }

  async #fetch(from: Sourced['from'], namespace: string, name: string): Promise<Values | undefined> {
    const type = from === 'Secret' ? secretType : configMapType;
    return holderValues(from, await this.#client.get<Holder>(type, namespace, name));
  }
}

/** How long a value counts as known. Long enough for a burst of resources that share a Secret. */
const freshMs = 2000;
