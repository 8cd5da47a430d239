import { createInformer, type Informer } from '../src/kube/informer.ts';
import type { JsonPatchStep, KubeClient } from '../src/kube/client.ts';
import type { BareObject, ResourceType } from '../src/kube/resource.ts';
import type { Clock } from '../src/runtime/clock.ts';
import type { Logger } from '../src/runtime/logger.ts';
import { holds } from './bundle.ts';
import { Others } from './others.ts';
import { besides, joined, trustedUntilAnnotation, type Standing } from './shared-trust.ts';
import type { Served } from './source.ts';

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

/** By such annotations cert-manager's CA injector is asked to keep it; two who keep one field only undo each other. */
const keptByCertManager = 'cert-manager.io/inject-';

/**
 * Keeps `caBundle` true in one webhook configuration, whoever overwrites it. The configuration itself is somebody
 * else's (the chart's); as long as it is not there, there is nothing to keep.
 */
export class Injector {
  readonly #name: string;
  readonly #type: ResourceType;
  readonly #dependencies: InjectorDependencies;
  readonly #informer: Informer<WebhookConfiguration>;
  /** What else stands in each webhook, by its name, and is of nobody that we know. */
  readonly #others = new Map<string, Others>();
  readonly #settleMs: number;
  #hasStood = false;
  /** When an authority that only we know was put there, on the monotonic clock. */
  #putAtMs: number | undefined;
  #written = '';
  /** The bundle that stands in every webhook, and since when on the monotonic clock. */
  #standing: { readonly bundle: string; readonly sinceMs: number } | undefined;

  constructor(
    options: { readonly type: ResourceType; readonly name: string; readonly settleMs: number },
    dependencies: InjectorDependencies,
  ) {
    this.#settleMs = options.settleMs;
    this.#type = options.type;
    this.#name = options.name;
    this.#dependencies = dependencies;
    this.#informer = createInformer<WebhookConfiguration>(
      { type: options.type, fieldSelector: `metadata.name=${options.name}` },
      dependencies,
    );
  }

  /**
   * Whether a CA has stood in the configuration once; what is overwritten later is repaired within seconds. One that
   * other replicas have not, and that they could serve without, counts when every API server may be taken to know it.
   */
  get hasStood(): boolean {
    if (this.#hasStood || this.#putAtMs === undefined) return this.#hasStood;
    return this.#dependencies.clock.monotonicMs() - this.#putAtMs >= this.#settleMs;
  }

  /** For how long these certificates have stood there, in milliseconds; undefined where they don't. */
  standsForMs(pem: string): number | undefined {
    if (this.#standing === undefined || !holds(this.#standing.bundle, pem)) return undefined;
    return this.#dependencies.clock.monotonicMs() - this.#standing.sinceMs;
  }

  /** Tells when the configuration comes to be or is changed, until the signal. */
  async watch(changed: () => void, signal: AbortSignal): Promise<void> {
    this.#informer.onChange(({ type }) => {
      if (type !== 'removed') changed();
    });
    await this.#informer.run(signal);
  }

  /**
   * Writes the bundle where it is not, together with what other replicas need beside it; undefined leaves it to somebody
   * else. A failure is logged: the next look repeats it.
   */
  async repair({ bundle: ours, shared }: Pick<Served, 'bundle' | 'shared'>): Promise<void> {
    const { client, clock, logger } = this.#dependencies;
    const configuration = this.#informer.get(undefined, this.#name);
    if (configuration === undefined) {
      this.#standing = undefined;
      return;
    }
    const webhooks = configuration.webhooks ?? [];
    if (ours === undefined || isKeptByOthers(configuration)) {
      this.#hasStood ||= webhooks.every(({ clientConfig }) => (clientConfig.caBundle ?? '') !== '');
      return;
    }
    const standing = standingIn(configuration);
    const moment = { now: clock.now(), monotonicMs: clock.monotonicMs() };
    const { bundle, annotation } =
      shared === undefined ? besides(ours, standing, moment.now) : joined(shared, standing, moment.now);
    const steps = webhooks.flatMap(({ name, clientConfig: { caBundle = '' } }, index): JsonPatchStep[] => {
      const others = this.#others.get(name) ?? new Others();
      this.#others.set(name, others);
      const there = Buffer.from(caBundle, 'base64').toString('utf8');
      const wanted = shared === undefined ? others.beside(bundle, there, moment) : bundle;
      const value = Buffer.from(wanted).toString('base64');
      return caBundle === value
        ? []
        : [{ op: 'add', path: `/webhooks/${index}/clientConfig/caBundle`, value }];
    });
    if (annotation !== undefined && annotation !== standing.annotation)
      steps.push(...annotated(configuration, annotation));
    if (steps.length === 0) {
      this.#stands(bundle);
      return;
    }
    const { resourceVersion = '' } = configuration.metadata;
    // What was just written reaches the informer a moment later.
    const writing = `${resourceVersion} ${JSON.stringify(steps)}`;
    if (this.#written === writing) return;
    try {
      // The test makes sure that the indexes are those of the configuration that was looked at.
      await client.jsonPatch<WebhookConfiguration>(this.#type, undefined, this.#name, [
        { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
        ...steps,
      ]);
      this.#hasStood ||= shared === undefined || standing.bundles.every((one) => holds(one, ours));
      this.#putAtMs ??= clock.monotonicMs();
      this.#written = writing;
      logger.info({ kind: this.#type.kind, name: this.#name }, 'Put the CA into a webhook configuration');
    } catch (error) {
      logger.warn(
        { kind: this.#type.kind, name: this.#name, error },
        'Could not put the CA into a webhook configuration',
      );
    }
  }

  #stands(bundle: string): void {
    // What was there before we put anything is known to everybody.
    this.#hasStood ||= this.#putAtMs === undefined;
    if (this.#standing?.bundle !== bundle)
      this.#standing = { bundle, sinceMs: this.#dependencies.clock.monotonicMs() };
  }
}

function standingIn({ metadata, webhooks = [] }: WebhookConfiguration): Standing {
  const bundles = webhooks.map(({ clientConfig }) =>
    Buffer.from(clientConfig.caBundle ?? '', 'base64').toString('utf8'),
  );
  return { bundles, annotation: metadata.annotations?.[trustedUntilAnnotation] };
}

function annotated({ metadata }: WebhookConfiguration, value: string): JsonPatchStep[] {
  const path = '/metadata/annotations';
  if (metadata.annotations === undefined)
    return [{ op: 'add', path, value: { [trustedUntilAnnotation]: value } }];
  // A slash in a key is written ~1 (RFC 6901, 3).
  return [{ op: 'add', path: `${path}/${trustedUntilAnnotation.replaceAll('/', '~1')}`, value }];
}

function isKeptByOthers({ metadata }: WebhookConfiguration): boolean {
  return Object.keys(metadata.annotations ?? {}).some((name) => name.startsWith(keptByCertManager));
}
