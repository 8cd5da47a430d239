import { warned, type Check } from './input.ts';

/** What no gateway selects is stored and stands nowhere: mostly a label that is missing or misspelt. */
export const selection: Check = ({ selected, view }) => {
  if (selected.length > 0) return [];
  const gateways = view.gateways().map(({ namespace, name, selector }) => {
    const labels = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
    return labels.length === 0 ? `${namespace}/${name}` : `${namespace}/${name} wants ${labels.join(', ')}`;
  });
  const remedy =
    gateways.length === 0 ? 'there is no APIGateway yet' : gateways.sort().slice(0, 3).join('; ');
  return [warned({ path: 'metadata.labels', fault: 'no gateway selects this resource', remedy })];
};
