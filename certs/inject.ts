import { createInformer, type Informer } from '../src/kube/informer.ts';
import type { KubeClient } from '../src/kube/client.ts';
import type { BareObject, ResourceType } from '../src/kube/resource.ts';
import type { Clock } from '../src/runtime/clock.ts';
import type { Logger } from '../src/runtime/logger.ts';

const configurationType = (kind: string, plural: string): ResourceType => ({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural,
  kind,
  namespaced: false,
});

export const validatingType = configurationType(
  'ValidatingWebhookConfiguration',
  'validatingwebhookconfigurations',
);
export const mutatingType = configurationType(
  'MutatingWebhookConfiguration',
  'mutatingwebhookconfigurations',
);

export interface WebhookConfiguration extends BareObject {
  readonly webhooks?: readonly {
    readonly name: string;
    readonly clientConfig: { readonly caBundle?: string };
  }[];
}

export interface InjectorDependencies {
  readonly client: KubeClient;
  readonly logger: Logger;
  readonly clock: Clock;
}

/**
 * Keeps `caBundle` true in one webhook configuration, whoever overwrites it. The configuration itself is somebody
 * else's (the chart's); as long as it is not there, there is nothing to keep.
 */
export class Injector {
  readonly #name: string;
  readonly #type: ResourceType;
  readonly #bundle: () => string;
  readonly #dependencies: InjectorDependencies;
  readonly #informer: Informer<WebhookConfiguration>;
  #hasStood = false;
  #last = Promise.resolve();
  #written = '';

  constructor(
    options: { readonly type: ResourceType; readonly name: string; readonly bundle: () => string },
    dependencies: InjectorDependencies,
  ) {
    this.#type = options.type;
    this.#name = options.name;
    this.#bundle = options.bundle;
    this.#dependencies = dependencies;
    this.#informer = createInformer<WebhookConfiguration>(
      { type: options.type, fieldSelector: `metadata.name=${options.name}` },
      dependencies,
    );
  }

  /** Whether our CA has stood in the configuration once; what is overwritten later is repaired within seconds. */
  get hasStood(): boolean {
    return this.#hasStood;
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#informer.onChange(({ type }) => {
      if (type !== 'removed') void this.repair();
    });
    await this.#informer.run(signal);
  }

  /** Writes the bundle where it is not, one attempt after the other: two at once would each undo what the other saw. */
  repair(): Promise<void> {
    this.#last = this.#last.then(() => this.#attempt());
    return this.#last;
  }

  /** Failures are logged; the next change, or the next poll, tries again. */
  async #attempt(): Promise<void> {
    const { client, logger } = this.#dependencies;
    const configuration = this.#informer.get(undefined, this.#name);
    if (configuration === undefined) return;
    const wanted = Buffer.from(this.#bundle()).toString('base64');
    const steps = (configuration.webhooks ?? []).flatMap(({ clientConfig }, index) =>
      clientConfig.caBundle === wanted
        ? []
        : [{ op: 'add' as const, path: `/webhooks/${index}/clientConfig/caBundle`, value: wanted }],
    );
    if (steps.length === 0) {
      this.#hasStood = true;
      return;
    }
    const { resourceVersion = '' } = configuration.metadata;
    // What was just written reaches the informer a moment later.
    if (this.#written === `${resourceVersion} ${wanted}`) return;
    try {
      // The test makes sure that the indexes are those of the configuration that was looked at.
      await client.jsonPatch<WebhookConfiguration>(this.#type, undefined, this.#name, [
        { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
        ...steps,
      ]);
      this.#hasStood = true;
      this.#written = `${resourceVersion} ${wanted}`;
      logger.info({ kind: this.#type.kind, name: this.#name }, 'Put the CA into a webhook configuration');
    } catch (error) {
      logger.warn(
        { kind: this.#type.kind, name: this.#name, error },
        'Could not put the CA into a webhook configuration',
      );
    }
  }
}
