import { denied, warned, type Finding } from '../checks/input.ts';
import { sentence } from '../model/violation.ts';
import type { Breach } from './breach.ts';

/** A breach in the words of all findings, and what it leads to at admission. */
export interface ReviewFinding extends Finding {
  readonly check: 'review';
}

/**
 * What is told to whoever writes a resource: a refusal for what denies, a warning for what warns, is excused or stood
 * before. Audit is told to nobody but the audit log.
 */
export function reviewFindings(breaches: readonly Breach[]): readonly ReviewFinding[] {
  return breaches
    .filter(({ action }) => action !== 'Audit')
    .map((breach) => {
      const verdict = breach.action === 'Deny' && !isForgiven(breach) ? denied : warned;
      return { ...verdict({ path: breach.path, fault: faultOf(breach) }), check: 'review' };
    });
}

/** The line that stands for a breach in kubectl, in a status and in a log. */
export function breachSentence(breach: Breach): string {
  return sentence({ path: breach.path, fault: faultOf(breach) });
}

/** Whether a rule that denies lets it pass all the same. */
function isForgiven({ excused, standing }: Breach): boolean {
  return excused !== undefined || standing === true;
}

function faultOf({ message, policy, rule, excused }: Breach): string {
  const until = excused === undefined ? '' : `; excused until ${excused.expires}: ${excused.reason}`;
  return `${message} (policy ${policy}, rule ${rule}${until})`;
}
