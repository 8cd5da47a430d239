import { isDeepStrictEqual } from 'node:util';
import { wayToReach } from '../../src/checks/reach.ts';
import { setCondition } from '../../src/kube/resource.ts';
import { admitsLabel } from '../../src/model/annotations.ts';
import type { Generation } from '../../src/model/generation.ts';
import type { Condition } from '../../src/model/status.ts';
import type { RemovalFigures } from '../removals/removals.ts';
import { removalHeld, removalStatusOf, type RemovalStatus } from '../removals/status.ts';
import type { Tally } from '../orphans/orphans.ts';
import type { Reach } from '../../src/selection/reach.ts';
import { adminPortGuarded, guardType, type AdminNews } from './admin-news.ts';
import { policiesKnown, policyStatusOf, type PolicyNews, type PolicyStatus } from './policy-news.ts';

/** What a gateway's part knows when it reports. */
export interface GatewayReport {
  /** Its namespace. */
  readonly home: string;
  readonly reach: Reach;
  readonly generationOfSpec: number;
  /** Undefined while there is no way to it. */
  readonly apiVersion: Generation | undefined;
  readonly problem: string | undefined;
  /** Why some collections could not be compared. */
  readonly faults: readonly string[];
  readonly bound: number;
  readonly programmed: number;
  readonly failing: number;
  readonly lastSyncTime?: string | undefined;
  readonly templates: readonly string[] | undefined;
  /** What stands there without a resource; undefined where that could not be told. */
  readonly unclaimed?: Tally | undefined;
  readonly removals: RemovalFigures;
  /** Undefined before anything was learned. */
  readonly policies?: PolicyNews | undefined;
  /** Undefined before anything was learned. */
  readonly admin?: AdminNews | undefined;
}

export interface GatewayStatus extends PolicyStatus {
  readonly observedGeneration?: number;
  readonly apiVersion?: string;
  readonly bound?: number;
  readonly programmed?: number;
  readonly failing?: number;
  readonly unmanaged?: number;
  readonly orphaned?: number;
  readonly removals?: RemovalStatus;
  readonly lastSyncTime?: string;
  readonly templates?: readonly string[];
  readonly conditions?: readonly Condition[];
}

/** The status of an APIGateway. What was found of a gateway stays while it can't be reached. */
export function gatewayStatusOf(
  before: GatewayStatus | undefined,
  report: GatewayReport,
  now: Date,
): GatewayStatus {
  const { bound, programmed, failing, generationOfSpec } = report;
  const apiVersion = report.apiVersion ?? before?.apiVersion;
  const lastSyncTime = report.lastSyncTime ?? before?.lastSyncTime;
  const templates = report.templates ?? before?.templates;
  const observedGeneration = generationOfSpec;
  const news = [
    reachable(report),
    synced(report),
    reaching(report),
    removalHeld(report.removals),
    ...policiesKnown(report.policies),
    ...adminPortGuarded(report.admin),
  ];
  const conditions = news.reduce<readonly Condition[] | undefined>(
    (all, next) => setCondition(all, { ...next, observedGeneration }, now),
    // Of a port that is not named any more nothing is said.
    before?.conditions?.filter(({ type }) => type !== guardType || report.admin?.is !== 'nowhere'),
  );
  return {
    observedGeneration,
    ...(apiVersion === undefined ? {} : { apiVersion }),
    bound,
    programmed,
    failing,
    ...unclaimedOf(before, report),
    ...removalStatusOf(report.removals),
    ...(lastSyncTime === undefined ? {} : { lastSyncTime }),
    ...(templates === undefined ? {} : { templates }),
    ...policyStatusOf(before, report.policies),
    ...(conditions === undefined ? {} : { conditions }),
  };
}

function unclaimedOf(before: GatewayStatus | undefined, { unclaimed }: GatewayReport): Partial<Tally> {
  const { unmanaged = before?.unmanaged, orphaned = before?.orphaned } = unclaimed ?? {};
  return {
    ...(unmanaged === undefined ? {} : { unmanaged }),
    ...(orphaned === undefined ? {} : { orphaned }),
  };
}

/** Whether two statuses say the same but for the time of the last comparison, which alone is no news. */
export function saysTheSame(one: GatewayStatus | undefined, other: GatewayStatus): boolean {
  return isDeepStrictEqual(plain(one), plain(other));
}

function plain(status: GatewayStatus | undefined): unknown {
  const { lastSyncTime: _, ...rest } = status ?? {};
  return JSON.parse(JSON.stringify(rest));
}

/** Since when a gateway has not been reached, by its status. */
export function lostAt(gateway: { readonly status?: unknown } | undefined): Date | undefined {
  const { conditions } = (gateway?.status ?? {}) as GatewayStatus;
  const found = conditions?.find(({ type, status }) => type === 'Reachable' && status === 'False');
  return found === undefined ? undefined : new Date(found.lastTransitionTime);
}

type News = Omit<Condition, 'lastTransitionTime' | 'observedGeneration'>;

function reachable({ problem, apiVersion }: GatewayReport): News {
  const type = 'Reachable';
  return problem === undefined
    ? { type, status: 'True', reason: 'Reachable', message: `its management API ${apiVersion ?? ''} answers` }
    : { type, status: 'False', reason: 'Unreachable', message: problem };
}

function synced({ problem, faults, failing, bound }: GatewayReport): News {
  const type = 'Synced';
  if (problem !== undefined) return { type, status: 'Unknown', reason: 'Unreachable', message: problem };
  if (faults.length > 0) return { type, status: 'False', reason: 'NotCompared', message: faults.join('; ') };
  return failing === 0
    ? { type, status: 'True', reason: 'Synced', message: `it holds all ${bound} resources as wanted` }
    : {
        type,
        status: 'False',
        reason: 'Failing',
        message: `${failing} of ${bound} resources are not held as wanted`,
      };
}

/** How far it reaches: nobody would look for the reason elsewhere. */
function reaching({ reach, home }: GatewayReport): News {
  const type = 'Reach';
  const everywhere = 'it takes what it selects in every namespace';
  switch (reach) {
    case 'OwnNamespace':
      return {
        type,
        status: 'True',
        reason: reach,
        message: 'it asks for resources of its own namespace only',
      };
    case 'Granted':
      return { type, status: 'True', reason: reach, message: everywhere };
    case 'Any':
      return { type, status: 'True', reason: reach, message: `${everywhere}, granted or not` };
    case 'NotGranted': {
      const message = `it takes resources of its own namespace only; ${wayToReach()}, and a namespace admits it by the label ${admitsLabel}: ${home} (or Any)`;
      return { type, status: 'False', reason: reach, message };
    }
  }
}
