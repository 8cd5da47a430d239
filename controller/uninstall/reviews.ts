import type { KubeClient } from '../../src/kube/client.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import type { BareObject, ResourceType } from '../../src/kube/resource.ts';
import { partOfLabel, partOfUs } from '../../src/model/annotations.ts';
import { packLabel } from '../../src/review/pack.ts';
import { policyReportType, reportName } from '../review/policy-report.ts';
import { reviewPolicyType } from '../review/policy-type.ts';
import type { UninstallSettings } from './settings.ts';

interface Dependencies {
  readonly client: Pick<KubeClient, 'list' | 'delete'>;
  readonly say: (line: string) => void;
}

/** What of reviews nobody keeps true any more, or is to go with everything else. */
export class Reviews {
  readonly #settings: Pick<UninstallSettings, 'watchNamespaces' | 'policyReports' | 'resources'>;
  readonly #deps: Dependencies;

  constructor(
    settings: Pick<UninstallSettings, 'watchNamespaces' | 'policyReports' | 'resources'>,
    dependencies: Dependencies,
  ) {
    this.#settings = settings;
    this.#deps = dependencies;
  }

  async isEmpty(): Promise<boolean> {
    return (await this.#reports()).length === 0 && (await this.#packPolicies()).length === 0;
  }

  /** Deletes the reports, and with all resources the policies of packs too. The controller must not run any more. */
  async remove(): Promise<void> {
    const groups = [
      [policyReportType, await this.#reports()],
      [reviewPolicyType, await this.#packPolicies()],
    ] as const;
    for (const [type, objects] of groups) {
      for (const { metadata } of objects)
        await this.#deps.client.delete(type, metadata.namespace, metadata.name);
      if (objects.length > 0) this.#deps.say(`${type.plural}: ${objects.length} deleted`);
    }
  }

  async #reports(): Promise<readonly BareObject[]> {
    const { policyReports, watchNamespaces } = this.#settings;
    if (!policyReports) return [];
    const fieldSelector = `metadata.name=${reportName}`;
    const namespaces = watchNamespaces.length === 0 ? [undefined] : watchNamespaces;
    const lists = await Promise.all(
      namespaces.map((namespace) => this.#list(policyReportType, { namespace, fieldSelector })),
    );
    return lists.flat().filter(({ metadata }) => metadata.labels?.[partOfLabel] === partOfUs);
  }

  async #packPolicies(): Promise<readonly BareObject[]> {
    if (this.#settings.resources !== 'delete') return [];
    return await this.#list(reviewPolicyType, { labelSelector: packLabel });
  }

  /** Empty where the kind is not there, or nobody lets us read it: none of it is in anybody's way. */
  async #list(
    type: ResourceType,
    options: Parameters<KubeClient['list']>[1],
  ): Promise<readonly BareObject[]> {
    try {
      return (await this.#deps.client.list(type, options)).items;
    } catch (error) {
      if (isKubeError(error, 'notFound', 'forbidden')) return [];
      throw error;
    }
  }
}
