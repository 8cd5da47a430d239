import type { AccessSpec, ResourceAccess } from '../src/kube/reviews.ts';
import type { User } from './admission-review.ts';

/** Whether the user of a request may do something, as the API server is asked for it. */
export function accessOf(
  { username, uid, groups, extra }: User,
  resourceAttributes: ResourceAccess,
): AccessSpec {
  return { user: username, groups, ...(uid === undefined ? {} : { uid }), extra, resourceAttributes };
}
