import type { Foreseen } from '../../src/compare/foresee.ts';
import type { Resource } from '../../src/model/resource.ts';

/** What would become of one resource. */
export interface Planned {
  readonly resource: Resource;
  /** Why it is in the plan: it is in the files, it is pruned, or something in the files changes what becomes of it. */
  readonly because: 'file' | 'pruned' | 'affected';
  /** Why it would not be stored at all, in the webhook's words; empty where it would. */
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
  /** For each gateway that has to do with it. */
  readonly foreseen: readonly Foreseen[];
}

export function isRefused({ refusals, foreseen }: Planned): boolean {
  return refusals.length > 0 || foreseen.some(({ is }) => is === 'refuse');
}
