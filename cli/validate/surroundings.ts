import type { Holders } from '../../src/checks/gather.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { PolicyLibrary } from '../../src/policies/library.ts';
import type { StoredPolicy } from '../../src/review/reviewer.ts';

/** A namespace as far as it decides. */
export interface NamespaceObject {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** What stands around the files that are judged: a cluster, or nothing at all. */
export interface Surroundings {
  /** Whether there is a cluster, so that what is not here does not exist. */
  readonly isCluster: boolean;
  /** Of every kind of the table. */
  readonly resources: readonly Resource[];
  readonly gateways: readonly Resource[];
  readonly namespaces: readonly NamespaceObject[];
  readonly policies: readonly StoredPolicy[];
  /** Secrets and ConfigMaps as the person may see them. */
  readonly holders: Holders;
  /** What a gateway has loaded, by `namespace/name`. */
  libraryOf(gateway: string): PolicyLibrary | undefined;
  /** Whether the person may let an APIGateway of this name reach into every namespace. */
  mayBind(name: string): Promise<boolean>;
  /** What could not be looked at, each a sentence for the person. */
  readonly gaps: readonly string[];
}

/** Without a cluster. */
export const nothing: Surroundings = {
  isCluster: false,
  resources: [],
  gateways: [],
  namespaces: [],
  policies: [],
  holders: { read: () => Promise.resolve({ allowed: true, values: undefined }) },
  libraryOf: () => undefined,
  mayBind: () => Promise.resolve(true),
  gaps: [],
};
