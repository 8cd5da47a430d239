import { keyOf } from '../../src/kube/resource.ts';
import type { Lease } from '../../src/kube/lease.ts';
import type { Clock } from '../../src/runtime/clock.ts';

/** client-go's own, for a Lease that does not say it. */
const usualMs = 15_000;

/** No clocks of one cluster are further apart: what is older by the wall clock needs no watching to be dead. */
const skewMs = 5 * 60_000;

interface Sign {
  readonly lease: Lease;
  /** When it was seen to change, or to be there at all, on our own monotonic clock. */
  readonly atMs: number;
  /** Whether it was seen to change: then its holder lives, whatever its clock says. */
  readonly moved: boolean;
}

/**
 * Who keeps Leases of one name, told by their changes: the clocks of their holders may be wrong. A Lease that is seen
 * for the first time counts as kept for its duration, unless it was left long ago.
 */
export class LeaseSigns {
  readonly #clock: Clock;
  #signs = new Map<string, Sign>();

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
  }

  /** Takes in what there is now, and gives what somebody keeps. */
  keptOf(leases: readonly Lease[]): readonly Lease[] {
    const now = this.#clock.monotonicMs();
    const signs = new Map<string, Sign>();
    for (const lease of leases) {
      const { namespace, name, resourceVersion } = lease.metadata;
      const key = keyOf(namespace, name);
      const before = this.#signs.get(key);
      const isSame = before?.lease.metadata.resourceVersion === resourceVersion;
      signs.set(
        key,
        before !== undefined && isSame ? before : { lease, atMs: now, moved: before !== undefined },
      );
    }
    this.#signs = signs;
    return [...signs.values()].filter((sign) => this.#isKept(sign)).map(({ lease }) => lease);
  }

  #isKept({ lease: { spec }, atMs, moved }: Sign): boolean {
    // Given back.
    if ((spec?.holderIdentity ?? '') === '') return false;
    const durationMs = (spec?.leaseDurationSeconds ?? usualMs / 1000) * 1000;
    const ageMs = this.#clock.now().getTime() - Date.parse(spec?.renewTime ?? '');
    if (!moved && ageMs > durationMs + skewMs) return false;
    return this.#clock.monotonicMs() - atMs <= durationMs;
  }
}
