import { createHash } from 'node:crypto';
import { group } from '../model/generation.ts';

/** On every ConfigMap in which the controller keeps what a gateway has loaded; its presence is what counts. */
export const definitionsLabel = `${group}/policy-definitions`;

/** On such a ConfigMap: `namespace/name` of the APIGateway. */
export const gatewayAnnotation = `${group}/gateway`;

/** The name of the ConfigMap; a hash, as namespace and name together may be longer than a name. */
export function keptName(gateway: string): string {
  return `portcullis-policies-${createHash('sha256').update(gateway).digest('hex').slice(0, 20)}`;
}
