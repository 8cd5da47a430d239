import { finalizer } from '../src/model/annotations.ts';
import type { KindTable } from '../src/model/kind-table.ts';
import type { AdmissionRequest } from './admission-review.ts';
import { allowed, type Verdict } from './answer.ts';

/**
 * Adds our finalizer, which saves the controller a write. Nothing else is ever changed: a delivery tool would see a
 * difference to its source for ever.
 */
export function mutate(request: AdmissionRequest, table: KindTable): Verdict {
  const { object, operation, plural, subresource } = request;
  if (object === undefined || subresource !== '' || (operation !== 'CREATE' && operation !== 'UPDATE'))
    return allowed;
  if (table.byPlural(plural) === undefined || object.metadata.deletionTimestamp !== undefined) return allowed;
  const { finalizers } = object.metadata;
  if (finalizers?.includes(finalizer) === true) return allowed;
  const patch =
    finalizers === undefined
      ? { op: 'add', path: '/metadata/finalizers', value: [finalizer] }
      : { op: 'add', path: '/metadata/finalizers/-', value: finalizer };
  return { allowed: true, warnings: [], patch: [patch] };
}
