import { isDeepStrictEqual } from 'node:util';
import { denied, warned } from '../src/checks/input.ts';
import { reviewPolicyKind } from '../src/kinds/review-policy.ts';
import { stepsOf, valueAt } from '../src/model/path.ts';
import type { Resource } from '../src/model/resource.ts';
import { sentence, type Violation } from '../src/model/violation.ts';
import { adviceOf, faultsOf, type PolicyContext } from '../src/review/compile.ts';
import type { Clock } from '../src/runtime/clock.ts';
import type { AdmissionRequest } from './admission-review.ts';
import { allowed, refused, verdictOf, type Verdict } from './answer.ts';
import { exemptionOf } from './exemptions.ts';

/** Answers the review of a policy itself: one that does not compile is refused, with every fault at once. */
export function validatePolicy(
  request: AdmissionRequest,
  context: PolicyContext & { readonly clock: Clock },
): Verdict {
  const { kind, plural, object, old, operation } = request;
  if (plural !== reviewPolicyKind.plural) {
    const warning = `Portcullis knows no resource ${plural}; its webhook configuration is too wide`;
    return { allowed: true, warnings: [warning] };
  }
  if (kind !== reviewPolicyKind.kind || (object !== undefined && object.kind !== reviewPolicyKind.kind))
    return refused(
      400,
      `the review is about the resource ${plural}, but its kind is ${object?.kind ?? kind} (expected ${reviewPolicyKind.kind})`,
    );
  if (exemptionOf(request) !== undefined || operation === 'DELETE' || object === undefined) return allowed;
  const faults = faultsOf(object.spec, context);
  const before = faults.length === 0 || old === undefined ? [] : faultsOf(old.spec, context);
  const advice = adviceOf(object.spec, { ...context, now: context.clock.now() });
  const findings = [
    ...faults.map((fault) => (stoodBefore(fault, before, object, old) ? warned(fault) : denied(fault))),
    ...advice.map(warned),
  ];
  return verdictOf(
    object,
    findings.map((finding) => ({ ...finding, check: 'reviewPolicy' as const })),
  );
}

/** A policy that a newer version no longer compiles can still be given an exception, or a milder roll-out. */
function stoodBefore(
  fault: Violation,
  before: readonly Violation[],
  object: Resource,
  old: Resource | undefined,
): boolean {
  const steps = stepsOf(fault.path);
  return (
    before.some((other) => sentence(other) === sentence(fault)) &&
    isDeepStrictEqual(valueAt(object, steps), valueAt(old, steps))
  );
}
