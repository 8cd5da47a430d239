import { Pool } from 'undici';
import type { KubeClient } from '../../../src/kube/client.ts';
import type { KubeObject } from '../../../src/kube/resource.ts';
import { inParallel } from '../in-parallel.ts';
import { allowedType, api, documentOf, namespace } from '../resources.ts';
import type { Site } from '../scene.ts';

const finalizer = 'floor.bench.example.com/finalizer';
const fieldManager = 'bench-floor';

/**
 * What can't be spared when resources are brought to a gateway, done by a script that knows beforehand what to do: no
 * watch, no queue, no comparison.
 */
export class Pipeline {
  readonly #client: KubeClient;
  readonly #gateway: Pool;
  /** A status of the size that ours has. */
  readonly #status: unknown;

  constructor(client: KubeClient, site: Site, status: unknown) {
    this.#client = client;
    this.#gateway = new Pool(site.url, { connections: 16 });
    this.#status = status;
  }

  /** Create, POST, one status; so many pipelines at a time. */
  async create(names: readonly string[]): Promise<void> {
    await inParallel(names.length, async (index) => {
      const object = api(names[index]!, { type: allowedType, finalizers: [finalizer] });
      await this.#client.create(allowedType, object);
      await this.#call('POST', '', documentOf(object));
      await this.#client.apply<KubeObject>(
        allowedType,
        {
          apiVersion: object.apiVersion,
          kind: object.kind,
          metadata: object.metadata,
          status: this.#status,
        } as KubeObject,
        { fieldManager, force: true, subresource: 'status' },
      );
    });
  }

  /** Delete, DELETE, the finalizer. */
  async remove(names: readonly string[]): Promise<void> {
    await inParallel(names.length, async (index) => {
      const name = names[index]!;
      await this.#client.delete(allowedType, namespace, name);
      await this.#call('DELETE', `/${name}`);
      await this.#client.mergePatch(allowedType, namespace, name, { metadata: { finalizers: null } });
    });
  }

  async close(): Promise<void> {
    await this.#gateway.close();
  }

  async #call(method: 'POST' | 'DELETE', path: string, body?: object): Promise<void> {
    const { statusCode, body: answer } = await this.#gateway.request({
      method,
      path: `/api/management/v1/rest-apis${path}`,
      headers: { authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (statusCode >= 300) throw new Error(`the floor's ${method} was answered ${statusCode} ${text}`);
  }
}
