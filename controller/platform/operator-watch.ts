import type { KubeClient } from '../../src/kube/client.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import { leaseType, type Lease } from '../../src/kube/lease.ts';
import { operatorLease } from '../../src/model/platform-operator.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import { LeaseSigns } from './lease-signs.ts';

export interface OperatorWatchOptions {
  /** Where its Lease is looked for; everywhere when empty. */
  readonly namespaces: readonly string[];
}

interface Dependencies {
  readonly client: Pick<KubeClient, 'list'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Looks whether the platform's own operator works in this cluster: whether somebody keeps its leader Lease. */
export class OperatorWatch {
  readonly #options: OperatorWatchOptions;
  readonly #deps: Dependencies;
  readonly #signs: LeaseSigns;
  readonly #unreadable = new Set<string>();

  constructor(options: OperatorWatchOptions, dependencies: Dependencies) {
    this.#options = options;
    this.#deps = dependencies;
    this.#signs = new LeaseSigns(dependencies);
  }

  /**
   * The Lease that somebody keeps; undefined where nobody does. A namespace into which we may not look has none.
   *
   * @throws KubeError where the API server did not tell
   */
  async look(): Promise<Lease | undefined> {
    const { namespaces } = this.#options;
    const places = namespaces.length === 0 ? [undefined] : namespaces;
    const found = await Promise.all(places.map((namespace) => this.#leasesIn(namespace)));
    return this.#signs.keptOf(found.flat())[0];
  }

  async #leasesIn(namespace: string | undefined): Promise<readonly Lease[]> {
    const { client, logger } = this.#deps;
    const fieldSelector = `metadata.name=${operatorLease}`;
    try {
      return (await client.list<Lease>(leaseType, { namespace, fieldSelector })).items;
    } catch (error) {
      if (!isKubeError(error, 'forbidden')) throw error;
      const place = namespace ?? '';
      if (!this.#unreadable.has(place))
        logger.warn(
          { namespace: place, error },
          "Nobody lets us see whether the platform's own operator works here; PORTCULLIS_PLATFORM_OPERATOR_NAMESPACES names where to look",
        );
      this.#unreadable.add(place);
      return [];
    }
  }
}
