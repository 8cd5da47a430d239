import { isDeepStrictEqual } from 'node:util';
import type { Breach } from '../../src/review/breach.ts';
import type { Stored } from '../cluster/stored.ts';

/** What the last review of a resource found. */
export interface Finding {
  /** Counts up with every reason to review everything anew; the count when this review began. */
  readonly epoch: number;
  readonly resource: Stored;
  /** The policies that are about it. */
  readonly about: readonly string[];
  readonly breaches: readonly Breach[];
}

/** Whether a finding is of a resource as it is: its spec, and what people write in its metadata. */
export function isOf({ resource: { metadata: was } }: Finding, { metadata: is }: Stored): boolean {
  return (
    was.uid === is.uid &&
    was.generation === is.generation &&
    isDeepStrictEqual(was.labels, is.labels) &&
    isDeepStrictEqual(was.annotations, is.annotations)
  );
}

/** Whether two findings say the same, whenever they were made. */
export function saysTheSame(one: Finding | undefined, other: Finding): boolean {
  return isDeepStrictEqual([one?.about, one?.breaches], [other.about, other.breaches]);
}
