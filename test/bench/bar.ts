/** What was asked for, and what came out. */
export interface Bar {
  readonly name: string;
  readonly measured: number;
  readonly is: 'at most' | 'at least';
  readonly bar: number;
  /** What is in proportion to what, for people. */
  readonly about: string;
}

export function isMet({ measured, is, bar }: Pick<Bar, 'measured' | 'is' | 'bar'>): boolean {
  return is === 'at most' ? measured <= bar : measured >= bar;
}

/** `bar convergence-5000 measured 1.42 bar 1.5 met`; two decimals may not turn a miss into a hit, so it is judged before. */
export function verdictLine(bar: Bar): string {
  return `bar ${bar.name} measured ${short(bar.measured)} bar ${short(bar.bar)} ${isMet(bar) ? 'met' : 'short'}`;
}

/** A number as people read it: three digits, and no more decimals than two unless it is small. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0 || Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return String(Number(value.toFixed(size >= 0.1 ? 2 : 4)));
}
