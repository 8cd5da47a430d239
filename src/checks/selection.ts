import { admitsLabel } from '../model/annotations.ts';
import { gatewayKey, type KnownGateway } from '../selection/gateways.ts';
import { selects } from '../selection/selects.ts';
import { warned, type Check } from './input.ts';

/** What no gateway takes is stored and stands nowhere: mostly a label that is missing or misspelt. */
export const selection: Check = ({ question, selected, view }) => {
  if (selected.length > 0) return [];
  const { namespace, labels = {} } = question.object.metadata;
  const gateways = view.gateways();
  const asking = gateways.find(({ selector, namespace: home }) =>
    selects(selector, home, { namespace, labels }),
  );
  if (asking !== undefined) {
    const fault = 'no gateway takes this resource';
    const remedy = `${gatewayKey(asking)} may not reach into namespace ${namespace}: label it ${admitsLabel}=${asking.namespace}`;
    return [warned({ path: 'metadata.namespace', fault, remedy })];
  }
  const named = gateways.map(wants).sort().slice(0, 3).join('; ');
  const remedy = gateways.length === 0 ? 'there is no APIGateway yet' : named;
  return [warned({ path: 'metadata.labels', fault: 'no gateway selects this resource', remedy })];
};

function wants(gateway: KnownGateway): string {
  const labels = Object.entries(gateway.selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  return labels.length === 0 ? gatewayKey(gateway) : `${gatewayKey(gateway)} wants ${labels.join(', ')}`;
}
