/** How many removals somebody released with the annotation `allow-removal`, and how many have been made since. */
export interface Allowance {
  readonly allowed: number;
  readonly used: number;
}

/**
 * The allowance by the annotation as it stands. Another number, or the same after none, is another release; a number
 * that has been standing there all the time is used up at some point and then releases nothing.
 *
 * @param known what we remember, or what the status says where we remember nothing
 */
export function allowanceOf(
  annotation: string | undefined,
  known: Allowance | undefined,
): Allowance | undefined {
  if (annotation === undefined || !/^\d{1,9}$/.test(annotation)) return undefined;
  const allowed = Number(annotation);
  return known?.allowed === allowed ? known : { allowed, used: 0 };
}

/** The same release as two have counted it: what is used is used, whoever knows of it. */
export function moreUsed(counted: Allowance | undefined, told: Allowance | undefined): Allowance | undefined {
  if (counted === undefined || counted.allowed !== told?.allowed) return counted;
  return { ...counted, used: Math.max(counted.used, told.used) };
}

export function leftOf(allowance: Allowance | undefined): number {
  return allowance === undefined ? 0 : Math.max(allowance.allowed - allowance.used, 0);
}
