import { isDeepStrictEqual } from 'node:util';
import type { Breach } from '../../src/review/breach.ts';
import type { Condition, ResourceStatus } from '../../src/model/status.ts';
import { breachSentence } from '../../src/review/findings.ts';
import { graverFirst } from './gravity.ts';

/** What is said of a resource in its condition `Reviewed`. */
export type Reviewed = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

export const reviewedType = 'Reviewed';

/** So many breaches are told one by one, the gravest first; of the others only how many they are. */
const mostTold = 8;

/** The condition of a resource; none where no policy is about it. It does not count into Ready. */
export function reviewedOf(about: readonly string[], breaches: readonly Breach[]): Reviewed | undefined {
  if (about.length === 0) return undefined;
  const standing = breaches.filter(isStanding).toSorted(graverFirst);
  const [worst] = standing;
  if (worst !== undefined)
    return { type: reviewedType, status: 'False', reason: reasons[worst.action], message: told(standing) };
  const excused = breaches.filter((breach) => breach.excused !== undefined);
  return excused.length > 0
    ? { type: reviewedType, status: 'True', reason: 'Excused', message: told(excused) }
    : {
        type: reviewedType,
        status: 'True',
        reason: 'NoBreach',
        message: `it keeps to ${counted(about.length, 'review policy', 'review policies')}`,
      };
}

/** A rule that can't be evaluated is no fault of the resource, unless whoever writes it now would be refused for that. */
function isStanding({ excused, failed, action }: Breach): boolean {
  return excused === undefined && (failed === undefined || action === 'Deny');
}

/** What the gravest breach would lead to if somebody wrote the resource now. */
const reasons = { Deny: 'WouldBeDenied', Warn: 'WouldBeWarned', Audit: 'WouldBeAudited' } as const;

/** What a status says of the review now. */
export function toldIn(status: ResourceStatus | undefined): Reviewed | undefined {
  const known = status?.conditions?.find(({ type }) => type === reviewedType);
  if (known === undefined) return undefined;
  const { type, status: is, reason, message } = known;
  return { type, status: is, reason, message };
}

export function isToldIn(status: ResourceStatus | undefined, reviewed: Reviewed | undefined): boolean {
  return isDeepStrictEqual(toldIn(status), reviewed);
}

function told(breaches: readonly Breach[]): string {
  const sentences = breaches.slice(0, mostTold).map(breachSentence);
  const more = breaches.length - sentences.length;
  return [...sentences, ...(more > 0 ? [`and ${counted(more, 'breach', 'breaches')} more`] : [])].join('; ');
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
