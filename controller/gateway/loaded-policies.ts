import type { Clock } from '../../src/runtime/clock.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import type { PolicyDefinition } from '../../src/policies/definition.ts';
import { digestOf, unpacked } from '../../src/policies/packed.ts';
import type { ValueReader } from '../../src/kube/value-reader.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Shares } from '../shards/shares.ts';
import { dumpIsOff } from './admin-news.ts';
import type { Trouble } from './admin-port.ts';
import type { DefinitionStore } from './definition-store.ts';
import type { PolicyNews } from './policy-news.ts';

interface Options {
  /** `namespace/name` of the APIGateway. */
  readonly key: string;
}

interface Dependencies {
  readonly cluster: Pick<Cluster, 'gateway'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly definitions: Pick<DefinitionStore, 'keep' | 'request'>;
  readonly reporter: { learned(gateway: string, news: PolicyNews): void };
  readonly values: Pick<ValueReader, 'read'>;
  readonly shares: Pick<Shares, 'holds'>;
}

/** What the admin port told of them. */
export type Told =
  | { readonly is: 'read'; readonly definitions: readonly PolicyDefinition[] | undefined }
  | { readonly is: 'off' }
  | { readonly is: 'nowhere' }
  | Trouble;

/** What is known already is looked after this often: somebody may have removed what was kept. */
const restMs = 60_000;

/**
 * Keeps which policies a gateway has loaded, as it tells them itself or else as its APIGateway gives them. That is done
 * by the replica that has the gateway's own shard; the others only remember what was told.
 */
export class LoadedPolicies {
  readonly #options: Options;
  readonly #deps: Dependencies;
  #told: Told | undefined;
  #last: { readonly digest: string; readonly at: number } | undefined;
  #trouble = false;

  constructor(options: Options, dependencies: Dependencies) {
    this.#options = options;
    this.#deps = dependencies;
  }

  /** Takes what was told; without it, that nothing was told anew. Never rejects. */
  async learn(told = this.#told): Promise<void> {
    const { clock, logger, reporter, shares } = this.#deps;
    const { key } = this.#options;
    this.#told = told;
    if (!shares.holds(key)) this.#last = undefined;
    if (told === undefined || !shares.holds(key)) return;
    const now = clock.monotonicMs();
    const digest =
      told.is === 'read' && told.definitions !== undefined ? digestOf(told.definitions) : told.is;
    const isNews = this.#last?.digest !== digest || now - this.#last.at >= restMs;
    if (told.is === 'read' && !isNews) return;
    try {
      reporter.learned(key, await this.#news(told));
      this.#last = { digest, at: now };
      this.#trouble = false;
    } catch (error) {
      const message = 'the policies that it has loaded could not be kept';
      reporter.learned(key, { is: 'unknown', reason: 'NotKept', message });
      if (!this.#trouble) logger.warn({ gateway: key, error }, 'The policies of a gateway were not kept');
      this.#trouble = true;
    }
  }

  async #news(told: Told): Promise<PolicyNews> {
    const given = this.#deps.cluster.gateway(this.#options.key)?.spec?.management?.policyDefinitionsRef?.name;
    switch (told.is) {
      case 'read': {
        const message = 'could not read which policies it has loaded because its config_dump lists none';
        if (told.definitions === undefined) return { is: 'unknown', reason: 'NotRead', message };
        return await this.#kept(told.definitions, 'gateway');
      }
      case 'off':
        if (given !== undefined) return await this.#given(given);
        return {
          is: 'unknown',
          reason: 'DumpIsOff',
          message: `${dumpIsOff.message}; or spec.management.policyDefinitionsRef names a ConfigMap with the definitions`,
        };
      case 'nowhere':
        if (given !== undefined) return await this.#given(given);
        this.#deps.definitions.request(this.#options.key);
        return { is: 'nowhere' };
      case 'failed':
        if (given !== undefined && told.reason === 'Forbidden') return await this.#given(given);
        return { is: 'unknown', reason: 'NotRead', message: told.message };
    }
  }

  /** From a ConfigMap of the APIGateway's own namespace: whoever writes there may be anybody, as with a gateway. */
  async #given(name: string): Promise<PolicyNews> {
    const [namespace = ''] = this.#options.key.split('/');
    const data = await this.#deps.values.read('ConfigMap', namespace, name);
    const definitions = data && unpacked({ data });
    if (definitions !== undefined) return await this.#kept(definitions, 'APIGateway');
    const why = data === undefined ? 'is not there' : 'has no list of policies under policies.json';
    const message = `ConfigMap ${name}, which spec.management.policyDefinitionsRef names, ${why}`;
    return { is: 'unknown', reason: 'NotGiven', message };
  }

  async #kept(definitions: readonly PolicyDefinition[], by: 'gateway' | 'APIGateway'): Promise<PolicyNews> {
    if (!(await this.#deps.definitions.keep(this.#options.key, definitions))) {
      const message = 'the definitions of its policies are too large';
      return { is: 'unknown', reason: 'TooLarge', message };
    }
    const policies = definitions.map(({ name, version }) => ({ name, version }));
    return { is: 'known', by, policies, hash: digestOf(definitions) };
  }
}
