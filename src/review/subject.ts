import type { Kind } from '../model/kind.ts';
import type { Resource } from '../model/resource.ts';
import type { KnownGateway } from '../selection/gateways.ts';

/** Who asks for what; rules see it in the shape of an AdmissionRequest. */
export interface RequestFacts {
  readonly operation: 'CREATE' | 'UPDATE';
  readonly user: string;
  readonly groups: readonly string[];
  readonly dryRun: boolean;
  readonly fieldManager: string;
}

export interface NamespaceFacts {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What is reviewed, and all that rules may see of it. Everything else is derived from the row. */
export interface ReviewSubject {
  readonly row: Kind;
  readonly object: Resource;
  /** What is stored, at an update; undefined at a creation and in the background. */
  readonly old: Resource | undefined;
  /** Undefined in the background, where nobody asks. */
  readonly request: RequestFacts | undefined;
  readonly namespace: NamespaceFacts;
  /** The gateways that take it. */
  readonly selected: readonly KnownGateway[];
  /** Those that take what is stored now, where its labels are others. */
  readonly selectedBefore?: readonly KnownGateway[];
  readonly now: Date;
  /** What stands in Secrets at paths of the spec, of kinds whose secrets are public: certificates. */
  readonly publicValues?: ReadonlyMap<string, string>;
}
