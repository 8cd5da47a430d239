/** How much is measured. */
export interface Plan {
  /** Alternating rounds of which the median is taken. */
  readonly rounds: number;
  readonly admission: {
    /** Resources that the webhook holds, growing. */
    readonly cached: readonly number[];
    /** Reviews in a round. */
    readonly reviews: { readonly at16: number; readonly at1: number };
  };
  readonly create: { readonly each: number };
  readonly convergence: {
    readonly sizes: readonly number[];
    /** Sizes from here on are grown in slices, one a round, and not made anew for each round. */
    readonly slicedFrom: number;
  };
  readonly writes: { readonly resources: number };
  readonly fanout: { readonly resources: number };
  readonly scale: {
    readonly sizes: readonly number[];
    /** At how many resources three gateways are compared in a steady state, and processes are started. */
    readonly steady: number;
    readonly intervalSeconds: number;
    readonly intervals: number;
  };
}

export const ordinary: Plan = {
  rounds: 5,
  admission: { cached: [0, 1000, 10_000], reviews: { at16: 3000, at1: 1500 } },
  create: { each: 120 },
  convergence: { sizes: [100, 1000, 5000], slicedFrom: 1000 },
  writes: { resources: 100 },
  fanout: { resources: 2000 },
  scale: { sizes: [0, 1000, 5000, 10_000], steady: 5000, intervalSeconds: 10, intervals: 10 },
};

/** The same with every round of every size made anew; over an hour. */
export const full: Plan = {
  ...ordinary,
  admission: { ...ordinary.admission, reviews: { at16: 10_000, at1: 5000 } },
  create: { each: 400 },
  convergence: { ...ordinary.convergence, slicedFrom: Infinity },
  scale: { ...ordinary.scale, intervalSeconds: 60 },
};

/** To see that everything works; its figures mean nothing. */
export const quick: Plan = {
  rounds: 2,
  admission: { cached: [0, 200], reviews: { at16: 500, at1: 200 } },
  create: { each: 20 },
  convergence: { sizes: [20, 60], slicedFrom: 50 },
  writes: { resources: 20 },
  fanout: { resources: 60 },
  scale: { sizes: [0, 50, 100], steady: 50, intervalSeconds: 2, intervals: 3 },
};
