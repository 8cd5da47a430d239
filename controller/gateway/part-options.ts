import type { Owner } from '../../src/model/mark.ts';
import type { WantedSteps } from '../binding/wanted.ts';
import type { Stored } from '../cluster/stored.ts';
import type { LeftBehind } from '../orphans/left-behind.ts';
import type { Shares } from '../shards/shares.ts';
import type { DefinitionStore } from './definition-store.ts';
import type { EndpointOptions } from '../../src/discovery/find-endpoint.ts';
import type { GatewayReporter } from './reporter.ts';
import type { WorkerDependencies } from './worker.ts';

export interface PartOptions extends EndpointOptions {
  /** `namespace/name` of the APIGateway. */
  readonly key: string;
  /** This replica. */
  readonly identity: string;
  readonly driftIntervalMs: number;
}

export interface PartDependencies extends WorkerDependencies, Omit<WantedSteps, 'hasBuiltIn'> {
  readonly reporter: GatewayReporter;
  readonly definitions: DefinitionStore;
  readonly shares: Shares;
  protect(resource: Stored): Promise<void>;
  leave(resource: Stored): Promise<void>;
  isAbandoned(owner: Owner): boolean;
  readonly leftBehind: LeftBehind;
}
