import type { Resource } from '../../src/model/resource.ts';
import type { Condition } from '../../src/model/status.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';

/** The status of an APIGateway, as far as it is shown. */
export interface GatewayStatus {
  readonly observedGeneration?: number;
  readonly apiVersion?: string;
  readonly bound?: number;
  readonly programmed?: number;
  readonly failing?: number;
  readonly unmanaged?: number;
  readonly orphaned?: number;
  readonly lastSyncTime?: string;
  readonly conditions?: readonly Condition[];
}

export interface GatewayLine {
  readonly gateway: string;
  readonly reachable: string;
  readonly synced: string;
  readonly apiVersion?: string | undefined;
  readonly bound: number;
  readonly programmed: number;
  readonly failing: number;
  /** Of those that are shown here: how many serve traffic, of how many of which that can be told. */
  readonly live: { readonly is: number; readonly of: number };
  /** What stands there and is nobody's, and what is left of resources that are gone. */
  readonly unmanaged?: number | undefined;
  readonly orphaned?: number | undefined;
  readonly lastSyncTime?: string | undefined;
}

export function statusOf(gateway: Resource): GatewayStatus {
  return gateway.status ?? {};
}

/** What is said of a gateway in one line. */
export function gatewayLine(gateway: Resource, live: GatewayLine['live']): GatewayLine {
  const { apiVersion, bound = 0, programmed = 0, failing = 0, ...status } = statusOf(gateway);
  const word = (type: string) =>
    status.conditions?.find((condition) => condition.type === type)?.status ?? 'Unknown';
  return {
    gateway: gatewayKey(gateway.metadata),
    reachable: word('Reachable'),
    synced: word('Synced'),
    apiVersion,
    bound,
    programmed,
    failing,
    live,
    unmanaged: status.unmanaged,
    orphaned: status.orphaned,
    lastSyncTime: status.lastSyncTime,
  };
}
