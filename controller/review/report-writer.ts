import type { KubeClient } from '../../src/kube/client.ts';
import type { Informer } from '../../src/kube/informer.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import { partOfLabel, partOfUs } from '../../src/model/annotations.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import type { Shares } from '../shards/shares.ts';
import { fieldManager } from '../status/settler.ts';
import type { BackgroundReview } from './background.ts';
import type { Finding } from './finding.ts';
import {
  isSameReport,
  policyReportType as type,
  reportName,
  reportOf,
  type PolicyReport,
} from './policy-report.ts';

interface Dependencies {
  readonly client: Pick<KubeClient, 'apply' | 'delete'>;
  readonly informer: Informer<PolicyReport>;
  readonly shares: Pick<Shares, 'during'>;
  readonly review: Pick<BackgroundReview, 'findings' | 'epoch' | 'isDone'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A report moves at most this often. */
const restMs = 5000;

/** Where there is no such kind, it is looked for again after this time. */
const absentMs = 30_000;

/**
 * Keeps one PolicyReport in each namespace, as long as the cluster knows the kind. Told by the replica that has the
 * namespace. A report goes when no policy is about anything there any more.
 */
export class ReportWriter {
  readonly #deps: Dependencies;
  #stirred = true;
  #seen = '';
  #absentAtMs = -Infinity;

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
    dependencies.informer.onChange(() => {
      this.#stirred = true;
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, review, informer } = this.#deps;
    while (!signal.aborted) {
      const seen = `${review.epoch} ${review.findings.changes} ${informer.hasSynced}`;
      // In the middle of a review of everything half of the old findings are missing, or wrong.
      const isAbsent = clock.monotonicMs() - this.#absentAtMs < absentMs;
      if (review.isDone && !isAbsent && (this.#stirred || seen !== this.#seen)) {
        this.#stirred = false;
        this.#seen = seen;
        await this.#writeAll();
      }
      await clock.sleep(restMs, signal);
    }
  }

  async #writeAll(): Promise<void> {
    const { informer, review, shares, logger } = this.#deps;
    const byNamespace = new Map<string, Finding[]>();
    for (const { metadata } of informer.list()) byNamespace.set(metadata.namespace ?? '', []);
    for (const finding of review.findings.all()) {
      const { namespace } = finding.resource.metadata;
      byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), finding]);
    }
    for (const [namespace, findings] of byNamespace)
      await shares.during(namespace, 'news', async () => {
        try {
          await this.#write(namespace, findings);
        } catch (error) {
          this.#stirred = true;
          // The kind is not there, or is gone again: nobody would read it.
          if (isKubeError(error, 'notFound')) this.#absentAtMs = this.#deps.clock.monotonicMs();
          else if (!isKubeError(error, 'conflict', 'aborted'))
            logger.warn({ kind: type.kind, namespace, error }, 'A policy report was not written');
        }
      });
  }

  async #write(namespace: string, findings: readonly Finding[]): Promise<void> {
    const { client, informer } = this.#deps;
    const stored = informer.get(namespace, reportName);
    const wanted = reportOf(namespace, findings);
    if (wanted === undefined) {
      if (stored?.metadata.labels?.[partOfLabel] === partOfUs)
        await client.delete(type, namespace, reportName);
    } else if (stored === undefined || !isSameReport(stored, wanted))
      await client.apply(type, wanted, { fieldManager, force: true });
  }
}
