import type { BindingStatus, Condition } from '../../src/model/status.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';

type News = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

interface Told {
  readonly is: 'Live' | 'Pending' | 'NotProgrammed' | 'Undeployed' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/** What counts before what: what is missing for sure, then what nobody knows, then what is as it was asked. */
const order = ['Pending', 'NotProgrammed', 'Unknown', 'Undeployed', 'Live'] as const;

/**
 * Whether every gateway serves it, as far as its admin port tells. None where nobody can tell: no gateway has an admin
 * port that is known, or nothing was learned of any yet.
 */
export function liveCondition(
  gateways: readonly string[],
  { entries, generation }: { readonly entries: readonly BindingStatus[]; readonly generation: number },
): readonly News[] {
  const known = new Map(entries.map((entry) => [gatewayKey(entry), entry]));
  const told = gateways.flatMap((key) => tellingOf(key, known.get(key), generation));
  const worst = order.find((word) => told.some(({ is }) => is === word));
  if (worst === undefined) return [];
  const those = told.filter(({ is }) => is === worst);
  const message = those.map((one) => one.message).join('; ');
  const status = worst === 'Live' ? 'True' : worst === 'Unknown' ? 'Unknown' : 'False';
  return [{ type: 'Live', status, reason: those[0]?.reason ?? worst, message }];
}

function tellingOf(key: string, entry: BindingStatus | undefined, generation: number): readonly Told[] {
  const say = (is: Told['is'], what: string, reason: string = is): readonly Told[] => [
    { is, reason, message: `gateway ${key}: ${what}` },
  ];
  if (entry?.state !== 'Programmed') return say('NotProgrammed', 'it does not stand there as wanted');
  if (entry.observedGeneration !== generation)
    return say('NotProgrammed', 'the last change is not there yet');
  const { live } = entry;
  switch (live?.state) {
    case undefined:
      return [];
    case 'Live':
      return say('Live', 'it is live');
    case 'Undeployed':
      return say('Undeployed', 'it stands there undeployed, as its spec asks');
    case 'Pending':
      return say('Pending', `it is stored and not live yet, since ${live.since}`);
    case 'Unknown':
      return say('Unknown', live.message ?? 'nobody can tell', live.reason);
  }
}
