import { annotation } from '../model/annotations.ts';
import type { Resource } from '../model/resource.ts';
import { isGranted, reachOf, type ReachRules } from '../selection/reach.ts';
import { denied, warned, type Finding } from './input.ts';

export interface ReachQuestion {
  readonly object: Resource;
  readonly old: Resource | undefined;
  /** Whether the requester may have what the annotation claims. */
  readonly mayClaim: boolean;
}

/** The way out for a gateway that reaches less far than it asks for. The webhook puts the grant in the place of the word. */
export function wayToReach(): string {
  return `who may bind apigateways grants it by annotating it with ${annotation.reach}=Requested`;
}

/** What is to be said of how far an APIGateway reaches. */
export function reachFindings(
  { object, old, mayClaim }: ReachQuestion,
  rule: ReachRules['reach'],
): readonly Finding[] {
  if (!mayClaim) {
    return [
      denied({
        path: `metadata.annotations[${JSON.stringify(annotation.reach)}]`,
        fault: 'is set for who may bind apigateways in the whole cluster, which you may not',
        remedy: 'remove it',
      }),
    ];
  }
  if (reachOf(object, rule) !== 'NotGranted') return [];
  const fault =
    old !== undefined && isGranted(old)
      ? 'takes nothing of other namespaces any more, as the grant was for what is changed here'
      : 'takes nothing of other namespaces';
  return [warned({ path: 'spec.apiSelector', fault, remedy: wayToReach() })];
}
