import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** The values that a label may take, or 'open' where they can't be known beforehand (the name of a gateway). */
export type Labels = Readonly<Record<string, readonly string[] | 'open'>>;

export interface MetricOptions<L extends Labels> {
  readonly name: string;
  readonly help: string;
  readonly labels?: L;
}

interface GaugeOptions<L extends Labels> extends MetricOptions<L> {
  /** Sets what is only known when somebody asks. */
  readonly collect?: (this: Gauge<Names<L>>) => void;
}

type Names<L extends Labels> = Extract<keyof L, string>;

/** A process's registry. With `defaults`, it also tells about the process itself: CPU, memory, event loop. */
export function createRegistry(options: { readonly defaults?: boolean } = {}): Registry {
  const registry = new Registry();
  if (options.defaults) collectDefaultMetrics({ register: registry });
  return registry;
}

/** A counter whose series all start at zero, as far as its labels are closed, so that a first increase shows. */
export function counter<const L extends Labels>(
  registry: Registry,
  options: MetricOptions<L>,
): Counter<Names<L>> {
  const metric = new Counter({ ...plain(options), registers: [registry] });
  for (const labels of combinations(options.labels ?? {})) metric.inc(labels, 0);
  return metric;
}

/** A gauge whose series all start at zero, as far as its labels are closed. */
export function gauge<const L extends Labels>(registry: Registry, options: GaugeOptions<L>): Gauge<Names<L>> {
  const { collect } = options;
  const metric = new Gauge({
    ...plain(options),
    registers: [registry],
    ...(collect === undefined ? {} : { collect }),
  });
  for (const labels of combinations(options.labels ?? {})) metric.set(labels, 0);
  return metric;
}

/** A histogram whose series all start at zero, as far as its labels are closed. Buckets in the unit of its name. */
export function histogram<const L extends Labels>(
  registry: Registry,
  options: MetricOptions<L> & { readonly buckets: readonly number[] },
): Histogram<Names<L>> {
  const metric = new Histogram({ ...plain(options), buckets: [...options.buckets], registers: [registry] });
  for (const labels of combinations(options.labels ?? {})) metric.zero(labels);
  return metric;
}

/** Drops what a metric says of one value of its open labels, whatever its closed ones are. */
export function dropSeries(
  metric: { remove(labels: Record<string, string>): void },
  open: Readonly<Record<string, string>>,
  closed: Labels = {},
): void {
  for (const labels of combinations(closed)) metric.remove({ ...open, ...labels });
}

function plain<L extends Labels>({ name, help, labels }: MetricOptions<L>) {
  return { name, help, labelNames: Object.keys(labels ?? {}) as Names<L>[] };
}

/** Every combination of the labels' values; none where a label is open. */
function combinations(labels: Labels): Record<string, string>[] {
  let rows: Record<string, string>[] = [{}];
  for (const [name, values] of Object.entries(labels)) {
    if (values === 'open') return [];
    rows = rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value })));
  }
  return rows;
}
