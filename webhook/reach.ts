import type { KubeClient } from '../src/kube/client.ts';
import { annotation } from '../src/model/annotations.ts';
import { group } from '../src/model/generation.ts';
import type { Resource } from '../src/model/resource.ts';
import { grantingOf, grantOf } from '../src/selection/granting.ts';
import type { ReachRules } from '../src/selection/reach.ts';
import { accessOf } from './access.ts';
import type { AdmissionRequest } from './admission-review.ts';
import { allowed, type Verdict } from './answer.ts';
import { exemptionOf } from './exemptions.ts';

export interface ReachSteps {
  readonly gatewayKind: { readonly plural: string };
  readonly client: Pick<KubeClient, 'subjectAccessReview'>;
  readonly reach: ReachRules['reach'];
}

/**
 * Sets or takes away the annotation by which the controller, which never sees who wrote an object, knows how far a
 * gateway reaches. Nothing else of an APIGateway is ever changed.
 */
export async function grantReach(request: AdmissionRequest, steps: ReachSteps): Promise<Verdict> {
  const { object, old } = request;
  if (steps.reach === 'Any' || object === undefined || exemptionOf(request) !== undefined) return allowed;
  const grant = await grantOf(object, old, () => mayGrant(request, steps));
  return { allowed: true, warnings: [], patch: patchOf(object, grant) };
}

/**
 * Whether the requester may have what the annotation of an object claims. True where it claims nothing that was not
 * granted before.
 */
export async function mayClaim(request: AdmissionRequest, steps: ReachSteps): Promise<boolean> {
  const { object, old } = request;
  if (steps.reach === 'Any' || object === undefined || claimOf(object) === undefined) return true;
  const granting = grantingOf(object, old);
  return granting === 'leave' || granting === 'keep' || (await mayGrant(request, steps));
}

/** Whether the requester may let a gateway of this name reach into every namespace: `bind`, at cluster scope. */
async function mayGrant({ user, name }: AdmissionRequest, steps: ReachSteps): Promise<boolean> {
  const resource = steps.gatewayKind.plural;
  const named = name === '' ? {} : { name };
  const answer = await steps.client.subjectAccessReview(
    accessOf(user, { verb: 'bind', group, resource, ...named }),
  );
  return answer.allowed;
}

function claimOf({ metadata }: Resource): string | undefined {
  return metadata.annotations?.[annotation.reach];
}

function patchOf({ metadata: { annotations } }: Resource, grant: string | undefined): readonly object[] {
  const claim = annotations?.[annotation.reach];
  if (claim === grant) return [];
  // As RFC 6901 writes a slash inside a key.
  const path = `/metadata/annotations/${annotation.reach.replace('/', '~1')}`;
  if (grant === undefined) return [{ op: 'remove', path }];
  return annotations === undefined
    ? [{ op: 'add', path: '/metadata/annotations', value: { [annotation.reach]: grant } }]
    : [{ op: 'add', path, value: grant }];
}
