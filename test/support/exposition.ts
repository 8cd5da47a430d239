/** One series of a scrape. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric as its TYPE line names it. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly series: readonly Series[];
}

const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)(?: -?\d+)?$/;
const labelPair = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;
const types = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];

/**
 * Reads what a process serves to Prometheus, as strictly as the text format 0.0.4 is written.
 *
 * @throws Error that names the first line which is not of the format
 */
export function parseExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, Family & { readonly series: Series[] }>();
  const seen = new Set<string>();
  let help: readonly [string, string] | undefined;
  let family: (Family & { readonly series: Series[] }) | undefined;
  for (const line of text.split('\n').slice(0, -1)) {
    if (line === '') continue;
    const [, word, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (word === 'HELP') help = [name, rest];
    else if (word === 'TYPE') {
      if (!types.includes(rest) || families.has(name) || help?.[0] !== name) throw bad(line);
      family = { name, type: rest, help: help[1], series: [] };
      families.set(name, family);
    } else if (!line.startsWith('#')) {
      const series = sampleOf(line);
      const key = `${series.name} ${JSON.stringify(Object.entries(series.labels).toSorted())}`;
      if (family === undefined || !isOf(series, family) || seen.has(key)) throw bad(line);
      seen.add(key);
      family.series.push(series);
    }
  }
  for (const one of families.values()) if (one.type === 'histogram') checkHistogram(one);
  return families;
}

/** The sum over all series of a metric that bear these labels. */
export function valueOf(
  families: ReadonlyMap<string, Family>,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const base = name.replace(/_(count|sum|bucket)$/, '');
  const series = (families.get(name) ?? families.get(base))?.series ?? [];
  return series
    .filter((one) => one.name === name)
    .filter((one) => Object.entries(labels).every(([label, value]) => one.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}

function sampleOf(line: string): Series {
  const [, name = '', labels = '', value = ''] = sampleLine.exec(line) ?? [];
  const number = Number(value.replace(/Inf$/, 'Infinity'));
  // prom-client writes Nan, as for a mean of nothing between two quick scrapes; Prometheus minds no case.
  if (name === '' || (Number.isNaN(number) && value.toLowerCase() !== 'nan')) throw bad(line);
  const pairs: Record<string, string> = {};
  labelPair.lastIndex = 0;
  while (labelPair.lastIndex < labels.length) {
    const [, label = '', text = ''] = labelPair.exec(labels) ?? [];
    if (label === '' || label in pairs) throw bad(line);
    pairs[label] = text;
  }
  return { name, labels: pairs, value: number };
}

function isOf({ name, labels }: Series, family: Family): boolean {
  if (family.type === 'histogram') {
    if (name === `${family.name}_bucket`) return labels.le !== undefined;
    return name === `${family.name}_sum` || name === `${family.name}_count`;
  }
  if (family.type === 'summary') return name.startsWith(family.name);
  return name === family.name;
}

/** Buckets grow, and the last one holds everything. */
function checkHistogram({ name, series }: Family): void {
  const groups = Map.groupBy(series, ({ labels: { le: _, ...rest } }) => JSON.stringify(rest));
  for (const [labels, group] of groups) {
    const buckets = group.filter((one) => one.name === `${name}_bucket`);
    const count = group.find((one) => one.name === `${name}_count`)?.value;
    const isGrowing = buckets.every(({ value }, at) => at === 0 || value >= (buckets[at - 1]?.value ?? 0));
    const last = buckets.at(-1);
    if (!isGrowing || last?.labels.le !== '+Inf' || last.value !== count)
      throw new Error(`${name}${labels} is no histogram`);
  }
}

function bad(line: string): Error {
  return new Error(`not of the text format: ${line}`);
}
