import { resyncMoment } from '../../src/compare/resync.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';
import type { Pending } from './wait.ts';

/** Whether the controller works on a resource, or was told not to. */
export function isMode(mode: 'Active' | 'Observe' | 'Paused'): Pending {
  return ({ status }) => {
    const active = status?.conditions?.find(({ type }) => type === 'Active');
    const is = active === undefined || active.status === 'True' ? 'Active' : active.reason;
    return is === mode ? undefined : `the controller takes it for ${is}`;
  };
}

/** Whether every gateway was compared since. Where the annotation says Paused none ever is. */
export function isResynced(text: string): Pending {
  const asked = resyncMoment(text) ?? 0;
  return ({ status }) => {
    const open = (status?.gateways ?? []).filter(({ resync }) => (resyncMoment(resync) ?? 0) < asked);
    const [first] = open;
    if (first === undefined) return undefined;
    const paused = status?.conditions?.some(({ type, reason }) => type === 'Active' && reason === 'Paused');
    const why = paused === true ? 'it is Paused' : (first.message ?? 'not compared yet');
    return `gateway ${gatewayKey(first)}: ${why}`;
  };
}

/** Whether nothing that stands at a gateway is in its way any more. */
export const isAdopted: Pending = ({ status }) => {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' ? undefined : (ready?.message ?? 'the controller has not seen it yet');
};
