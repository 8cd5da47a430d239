import { isDeepStrictEqual } from 'node:util';
import { artifactId, meantLabels, ownAnnotations } from '../src/model/annotations.ts';
import type { Resource } from '../src/model/resource.ts';
import type { AdmissionRequest } from './admission-review.ts';

type Exemption = (request: AdmissionRequest) => string | undefined;

/**
 * Why a request passes unseen, in order; undefined when none applies. What is being deleted and finalizers above all:
 * what refuses those leaves objects that can never go.
 */
export function exemptionOf(request: AdmissionRequest): string | undefined {
  for (const exemption of inOrder) {
    const reason = exemption(request);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

const inOrder: readonly Exemption[] = [
  ({ subresource }) => (subresource === '' ? undefined : 'Subresource'),
  ({ operation }) => (operation === 'CONNECT' ? 'Operation' : undefined),
  // A deletion comes with the old object only.
  ({ object, old }) =>
    (object ?? old)?.metadata.deletionTimestamp === undefined ? undefined : 'BeingDeleted',
  ({ operation, object, old }) =>
    operation === 'UPDATE' && object !== undefined && old !== undefined && isUnchanged(object, old)
      ? 'Unchanged'
      : undefined,
];

/** Neither spec nor labels nor an annotation that means something differs. */
function isUnchanged(object: Resource, old: Resource): boolean {
  return (
    isDeepStrictEqual(object.spec, old.spec) &&
    isDeepStrictEqual(meantLabels(object.metadata.labels), meantLabels(old.metadata.labels)) &&
    [...ownAnnotations, artifactId].every(
      (key) => object.metadata.annotations?.[key] === old.metadata.annotations?.[key],
    )
  );
}
