import type { Clock } from '../../src/runtime/clock.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import { digestOf } from '../../src/policies/packed.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { DefinitionStore } from './definition-store.ts';
import { readDump, type Dump } from './dump.ts';
import { isForbiddenHost } from './forbidden-host.ts';
import type { PolicyNews } from './policy-news.ts';
import type { Session } from './session.ts';

interface Options {
  /** `namespace/name` of the APIGateway. */
  readonly key: string;
  readonly allowLoopback: boolean;
}

interface Dependencies {
  readonly cluster: Pick<Cluster, 'gateway'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly definitions: Pick<DefinitionStore, 'keep' | 'request'>;
  readonly reporter: { learned(gateway: string, news: PolicyNews): void };
  readonly session: Pick<Session, 'reach' | 'endpoint'>;
}

/** The shortest time between two dumps, which are large. */
const restMs = 60_000;

/**
 * Learns which policies a gateway has loaded: when it was reached, and then once in a while. In a loop of its own, so
 * that an admin port that does not answer keeps nothing else waiting.
 */
export class LoadedPolicies {
  readonly #options: Options;
  readonly #deps: Dependencies;
  #adminUrl: string | undefined;
  #woken = Promise.withResolvers<undefined>();
  #trouble: string | undefined;

  constructor(options: Options, dependencies: Dependencies) {
    this.#options = options;
    this.#deps = dependencies;
  }

  /** Told after each look at the gateway; asks at once where a session begins or the address is another. */
  looked({ begins }: { readonly begins: boolean }): void {
    const adminUrl = this.#gateway()?.spec?.management?.adminUrl;
    if (begins || adminUrl !== this.#adminUrl) this.#woken.resolve(undefined);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    while (!signal.aborted) {
      this.#woken = Promise.withResolvers();
      const woken = this.#woken.promise;
      const pauseMs = restMs * (1 + 0.1 * Math.random());
      await this.#learn(signal);
      await Promise.race([clock.sleep(pauseMs, signal), woken]);
    }
  }

  async #learn(signal: AbortSignal): Promise<void> {
    const { logger, reporter } = this.#deps;
    const { key } = this.#options;
    try {
      const news = await this.#news(signal);
      if (news === undefined) return;
      reporter.learned(key, news);
      this.#trouble = undefined;
    } catch (error) {
      if (signal.aborted) return;
      const message = 'the policies that it has loaded could not be kept';
      reporter.learned(key, { is: 'unknown', reason: 'NotKept', message });
      if (this.#trouble === undefined)
        logger.warn({ gateway: key, error }, 'The policies of a gateway were not kept');
      this.#trouble = message;
    }
  }

  /** Undefined while there is no way to the gateway. */
  async #news(signal: AbortSignal): Promise<PolicyNews | undefined> {
    const { session, definitions } = this.#deps;
    const { key } = this.#options;
    const { client } = session.reach;
    const { endpoint } = session;
    const gateway = this.#gateway();
    if (gateway === undefined || client === undefined || endpoint === undefined) return undefined;
    const adminUrl = gateway.spec?.management?.adminUrl;
    this.#adminUrl = adminUrl;
    if (adminUrl === undefined) {
      definitions.request(key);
      return { is: 'nowhere' };
    }
    const url = URL.parse(adminUrl);
    if (url === null || isForbiddenHost(url.hostname, this.#options.allowLoopback)) {
      return {
        is: 'unknown',
        reason: 'NotRead',
        message: 'spec.management.adminUrl is no place for a gateway',
      };
    }
    return await this.#kept(await readDump(url, client.generation, endpoint, signal));
  }

  async #kept(dump: Dump): Promise<PolicyNews> {
    switch (dump.is) {
      case 'off':
        return {
          is: 'unknown',
          reason: 'DumpIsOff',
          message: 'it has no config_dump: it is switched off there',
        };
      case 'failed':
        return { is: 'unknown', reason: 'NotRead', message: dump.message };
      case 'read': {
        const { definitions } = dump;
        if (!(await this.#deps.definitions.keep(this.#options.key, definitions))) {
          return {
            is: 'unknown',
            reason: 'TooLarge',
            message: 'the definitions of its policies are too large',
          };
        }
        const policies = definitions.map(({ name, version }) => ({ name, version }));
        return { is: 'known', policies, hash: digestOf(definitions) };
      }
    }
  }

  #gateway() {
    return this.#deps.cluster.gateway(this.#options.key);
  }
}
