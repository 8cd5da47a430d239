/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('there is no median of nothing');
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)]!;
  return sorted.length % 2 === 1 ? upper : (sorted[sorted.length / 2 - 1]! + upper) / 2;
}

/** The smallest value that so large a share of all does not exceed (nearest rank); `share` from 0 to 1. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error('there is no quantile of nothing');
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))]!;
}

/**
 * What was measured in the same rounds, put into proportion: the median of the ratios of each round, so that a round in
 * which the machine was slow counts for both.
 */
export function medianRatio(ours: readonly number[], floor: readonly number[]): number {
  if (ours.length !== floor.length)
    throw new Error(`${ours.length} rounds can't be compared with ${floor.length}`);
  return median(ours.map((value, round) => value / floor[round]!));
}

/** Does one after the other, round by round, and gives what each came to, by its name. */
export async function alternately<Name extends string>(
  rounds: number,
  contenders: Readonly<Record<Name, (round: number) => Promise<number>>>,
  ended: (round: number) => void = () => undefined,
): Promise<Readonly<Record<Name, readonly number[]>>> {
  const names = Object.keys(contenders) as Name[];
  const values = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) values[name].push(await contenders[name](round));
    ended(round + 1);
  }
  return values;
}
