import { configMapType } from '../src/kube/core-types.ts';
import { createInformer, type Informer, type InformerDependencies } from '../src/kube/informer.ts';
import type { BareObject } from '../src/kube/resource.ts';
import { definitionsLabel, gatewayAnnotation } from '../src/policies/kept.ts';
import { PolicyLibrary } from '../src/policies/library.ts';
import { unpacked, type Packed } from '../src/policies/packed.ts';

type Kept = BareObject & Packed;

/** The policies that gateways have loaded, as the controller keeps them in ConfigMaps of our own namespace. */
export class Definitions {
  readonly informer: Informer<Kept>;
  readonly #libraries = new WeakMap<Kept, PolicyLibrary | undefined>();

  constructor(namespace: string, dependencies: InformerDependencies) {
    const indexes = {
      gateway: ({ metadata }: Kept) => [metadata.annotations?.[gatewayAnnotation] ?? ''],
    };
    const options = { type: configMapType, namespace, labelSelector: definitionsLabel, indexes };
    this.informer = createInformer<Kept>(options, dependencies);
  }

  /** By `namespace/name` of the APIGateway; undefined while nothing is known of it. Unpacked at its first use. */
  of(gateway: string): PolicyLibrary | undefined {
    const [kept] = this.informer.by('gateway', gateway);
    if (kept === undefined) return undefined;
    if (!this.#libraries.has(kept)) {
      const definitions = unpacked(kept);
      this.#libraries.set(kept, definitions && new PolicyLibrary(definitions));
    }
    return this.#libraries.get(kept);
  }
}
