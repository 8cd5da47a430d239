import type { PolicyDefinition } from './definition.ts';
import { messagePolicies } from './messages.ts';
import { securityPolicies } from './security.ts';
import { trafficPolicies } from './traffic.ts';

/** What an emulated gateway has loaded unless told otherwise: names of real policies, schemas of the project's own. */
export const defaultPolicies: readonly PolicyDefinition[] = [
  ...securityPolicies,
  ...trafficPolicies,
  ...messagePolicies,
].map((definition) => ({
  managedBy: 'wso2',
  systemParameters: { type: 'object', properties: {} },
  ...definition,
}));
