/** So few may always leave a gateway: a share of little is nothing to stop for. */
export const few = 10;

/**
 * Whether a gateway would lose so much at once that it is asked for a word first.
 *
 * @param leaving how many resources it would lose
 * @param before how many it held before
 * @param maxPercent the share that may go without a word, in per cent
 */
export function isLargeRemoval(leaving: number, before: number, maxPercent: number): boolean {
  return leaving > few && leaving * 100 > maxPercent * before;
}
