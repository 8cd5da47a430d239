import type { Tenure } from '../runtime/tenure.ts';
import type { ResourceType } from './resource.ts';

/** What is written: its namespace and name, as far as it has them already. */
export interface WriteTarget {
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** Who may write what: the tenure under which a write is made; undefined where it must not be made at all. */
export type TenureOf = (target: WriteTarget) => Tenure | undefined;

export interface Limits {
  /** Ends every call. */
  readonly signal?: AbortSignal;
  /** The longest that one call may take, with all its tries. */
  readonly timeoutMs?: number;
  /** Every write is asked about; reads and reviews are not. A write is sent only while its tenure lasts. */
  readonly tenureOf?: TenureOf;
}

/** Both limits at once. */
export function narrowed(one: Limits, other: Limits): Limits {
  const signals = [one.signal, other.signal].filter((signal) => signal !== undefined);
  const tenureOf = other.tenureOf ?? one.tenureOf;
  const timeouts = [one.timeoutMs, other.timeoutMs].filter((ms) => ms !== undefined);
  return {
    ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
    ...(timeouts.length > 0 && { timeoutMs: Math.min(...timeouts) }),
    ...(tenureOf && { tenureOf }),
  };
}
