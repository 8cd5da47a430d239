import type { KubeClient } from '../../src/kube/client.ts';
import { configMapType, secretType } from '../../src/kube/core-types.ts';
import type { BareObject } from '../../src/kube/resource.ts';
import { escaped } from '../../src/model/expression.ts';
import type { CheckedSpec } from '../../src/model/checked.ts';
import { resolvedSpec, sourcesOf, type Sourced } from '../../src/model/spec-secrets.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Subject } from '../cluster/stored.ts';

interface Keyed extends BareObject {
  readonly data?: Readonly<Record<string, string>>;
}

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
    const object = await this.#client.get<Keyed>(
      from === 'Secret' ? secretType : configMapType,
      namespace,
      name,
    );
    if (object === undefined || from === 'ConfigMap') return object && (object.data ?? {});
    const decoded = Object.entries(object.data ?? {}).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString('utf8'),
    ]);
    return Object.fromEntries(decoded) as Values;
  }
}

/** How long a value counts as known. Long enough for a burst of resources that share a Secret. */
const freshMs = 2000;

export type Resolved =
  | { readonly spec: unknown; readonly secrets: readonly string[]; readonly missing?: never }
  | { readonly missing: string };

/** The spec with every value from outside in its place, and those values, so that no message repeats them. */
export async function resolve(
  { row, resource }: Subject,
  spec: CheckedSpec,
  reader: ValueReader,
): Promise<Resolved> {
  const templated = row.wire.is === 'envelope' && row.wire.templated;
  const values = new Map<string, string>();
  const secrets: string[] = [];
  for (const { path, from, source } of sourcesOf(row, spec)) {
    if (source.is === 'inline') {
      values.set(path, source.value);
      secrets.push(source.value);
      continue;
    }
    const { name, key, optional } = source;
    const value = (await reader.read(from, resource.metadata.namespace, name))?.[key];
    if (value !== undefined) {
      // What comes from outside is data and nothing for the gateway to render.
      values.set(path, templated ? escaped(value) : value);
      secrets.push(value);
    } else if (!optional) {
      return { missing: `spec.${path} wants key ${key} of ${from} ${name}, which is not there` };
    }
  }
  return { spec: resolvedSpec(row, spec, ({ path }) => values.get(path)), secrets };
}
