import type { Reviewing } from './bench.ts';

/** Where no review policy is to be asked. */
export const unreviewed: Reviewing = () => ({ review: () => Promise.resolve([]), faultsOfPolicy: () => [] });
