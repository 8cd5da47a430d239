import type { BindingStatus, ResourceStatus } from '../../src/model/status.ts';
import { gatewayKey } from '../../src/selection/gateways.ts';
import { conditionsOf, type Situation } from './conditions.ts';

/** The whole status of a resource. Pure: the same situation gives the same status, but for moments of transition. */
export function statusOf(
  before: ResourceStatus | undefined,
  situation: Situation,
  expiresAt: string | undefined,
  now: Date,
): ResourceStatus {
  const { wanted, entries, generation } = situation;
  const programmed = entries.filter(
    (entry) => entry.state === 'Programmed' && wanted.includes(gatewayKey(entry)),
  );
  const ids = [...new Set(entries.flatMap(({ id }) => id ?? []))];
  return {
    observedGeneration: generation,
    programmed: `${programmed.length}/${wanted.length}`,
    ...(ids.length === 1 && ids[0] !== undefined ? { id: ids[0] } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    conditions: conditionsOf(before?.conditions, situation, now),
    gateways: entries.map(shortened),
  };
}

/** The longest message of one gateway; several of them have to fit into one condition. */
const longestMessage = 1024;

function shortened(entry: BindingStatus): BindingStatus {
  const { message } = entry;
  return message === undefined ? entry : { ...entry, message: message.slice(0, longestMessage) };
}
