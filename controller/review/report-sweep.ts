import type { KubeClient } from '../../src/kube/client.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import { partOfLabel, partOfUs } from '../../src/model/annotations.ts';
import { backoffMs } from '../../src/runtime/backoff.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import { WorkQueue } from '../queue.ts';
import type { Shares } from '../shards/shares.ts';
import { policyReportType as type, reportName, type PolicyReport } from './policy-report.ts';

interface Dependencies {
  readonly client: Pick<KubeClient, 'list' | 'delete'>;
  /** The namespaces that are watched; undefined where all are. */
  readonly namespaces: readonly string[] | undefined;
  readonly shares: Pick<Shares, 'during'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const everything = 'everything';

/** Takes away the reports that were written while they were still asked for: nobody keeps them true any more. */
export class ReportSweep {
  readonly #deps: Dependencies;
  readonly #queue: WorkQueue;
  #attempt = 0;

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
    this.#queue = new WorkQueue(dependencies);
  }

  request(): void {
    this.#queue.add(everything);
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#queue.run(1, () => this.#work(), signal);
  }

  async #work(): Promise<void> {
    try {
      for (const namespace of this.#deps.namespaces ?? [undefined]) await this.#sweep(namespace);
      this.#attempt = 0;
    } catch (error) {
      // Where the kind is not there, or we may not touch it, there is none of ours to be expected.
      if (isKubeError(error, 'notFound', 'forbidden', 'aborted')) return;
      this.#attempt += 1;
      this.#deps.logger.warn({ kind: type.kind, error }, 'Old policy reports were not removed');
      this.#queue.addAfter(everything, backoffMs(this.#attempt, { baseMs: 1000, capMs: 60_000 }));
    }
  }

  async #sweep(namespace: string | undefined): Promise<void> {
    const { client, shares } = this.#deps;
    const options = { namespace, fieldSelector: `metadata.name=${reportName}` };
    const { items } = await client.list<PolicyReport>(type, options);
    for (const { metadata } of items) {
      if (metadata.labels?.[partOfLabel] !== partOfUs) continue;
      const home = metadata.namespace ?? '';
      await shares.during(home, 'work', () => client.delete(type, home, reportName));
    }
  }
}
