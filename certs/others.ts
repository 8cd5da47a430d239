import { bundleOf, certificatesIn, holds } from './bundle.ts';

/**
 * For so long the certificates of somebody else stay beside ours, in milliseconds: more than a rolling update takes, in
 * which replicas of two versions or settings keep one configuration for two authorities.
 */
export const patienceMs = 10 * 60_000;

/**
 * What else is trusted in one webhook, where our bundle is to stand. Two who replace each other's certificates at sight
 * would leave one of them untrusted at any time; what stays for no good reason goes when the time is over.
 */
export class Others {
  /** Since when each has stood there, on the monotonic clock. */
  #seenMs: ReadonlyMap<string, number> = new Map();

  /** What is to stand where `standing` stands: our bundle, and for a while what others put there. */
  beside(
    bundle: string,
    standing: string,
    { now, monotonicMs }: { readonly now: Date; readonly monotonicMs: number },
  ): string {
    const theirs = certificatesIn(standing).filter((pem) => !holds(bundle, pem));
    const seen = theirs.map((pem) => [pem, this.#seenMs.get(pem) ?? monotonicMs] as const);
    // What is put there again has its time anew: who insists is not answered at once, but each time the time is over.
    const young = seen.filter(([, sinceMs]) => monotonicMs - sinceMs < patienceMs);
    this.#seenMs = new Map(young);
    const wanted = bundle + bundleOf([...this.#seenMs.keys()], now);
    return isSame(standing, wanted) ? standing : wanted;
  }
}

/** Whether both trust the same, in whatever order they say so. */
function isSame(one: string, other: string): boolean {
  return certificatesIn(other).length > 0 && holds(one, other) && holds(other, one);
}
