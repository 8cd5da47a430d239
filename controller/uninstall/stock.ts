import type { KubeClient, ListOptions } from '../../src/kube/client.ts';
import { isKubeError } from '../../src/kube/kube-error.ts';
import type { KubeObject, ResourceType } from '../../src/kube/resource.ts';
import { reviewedOnly } from '../../src/model/unreviewed.ts';

interface Dependencies {
  readonly client: Pick<KubeClient, 'list'>;
  readonly say: (line: string) => void;
}

/** What there is of our kinds in the watched namespaces, as the API server has it now. */
export class Stock {
  readonly #namespaces: readonly string[];
  readonly #deps: Dependencies;
  readonly #unreadable = new Set<string>();

  /** @param namespaces none stands for all */
  constructor(namespaces: readonly string[], dependencies: Dependencies) {
    this.#namespaces = namespaces;
    this.#deps = dependencies;
  }

  async isEmpty(types: readonly ResourceType[]): Promise<boolean> {
    for (const type of types) if ((await this.of(type)).length > 0) return false;
    return true;
  }

  /** Empty where the CRD is missing; a namespace that is gone, or that nobody lets us read, is told of once. */
  async of(type: ResourceType): Promise<readonly KubeObject[]> {
    if (this.#namespaces.length === 0) return await this.#list(type, { fieldSelector: reviewedOnly });
    const lists = await Promise.all(this.#namespaces.map((namespace) => this.#listIn(type, namespace)));
    return lists.flat();
  }

  async #listIn(type: ResourceType, namespace: string): Promise<readonly KubeObject[]> {
    try {
      return await this.#list(type, { namespace });
    } catch (error) {
      if (!isKubeError(error, 'forbidden')) throw error;
      if (!this.#unreadable.has(namespace))
        this.#deps.say(
          `Namespace ${namespace} is left as it is: it does not exist, or our Role is missing there`,
        );
      this.#unreadable.add(namespace);
      return [];
    }
  }

  async #list(type: ResourceType, options: ListOptions | undefined): Promise<readonly KubeObject[]> {
    try {
      return (await this.#deps.client.list<KubeObject>(type, options)).items;
    } catch (error) {
      if (isKubeError(error, 'notFound')) return [];
      throw error;
    }
  }
}
