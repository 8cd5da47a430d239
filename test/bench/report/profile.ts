/** Prints where a CPU profile's time went: by function and by package. Argument: a `.cpuprofile` file. */
import { readFileSync } from 'node:fs';
import { aligned } from '../table.ts';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const shownFunctions = 30;
const [file = ''] = process.argv.slice(2);
const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as Profile;
const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
const byFunction = new Map<string, number>();
const byPlace = new Map<string, number>();
let busy = 0;
for (const [index, id] of samples.entries()) {
  const { functionName = '', url = '', lineNumber = 0 } = frames.get(id) ?? {};
  if (functionName === '(idle)') continue;
  const micros = timeDeltas[index] ?? 0;
  busy += micros;
  const place = placeOf(url, functionName);
  add(byFunction, `${functionName || '(anonymous)'} ${place}:${lineNumber + 1}`, micros);
  add(byPlace, place, micros);
}

console.log(`${(busy / 1e6).toFixed(2)} s of CPU\n`);
for (const times of [byPlace, byFunction]) {
  const largest = [...times].toSorted(([, one], [, other]) => other - one).slice(0, shownFunctions);
  const rows = largest.map(([name, micros]) => [name, `${((micros / busy) * 100).toFixed(1)} %`]);
  console.log(`${aligned(rows).join('\n')}\n`);
}

function add(times: Map<string, number>, name: string, micros: number): void {
  times.set(name, (times.get(name) ?? 0) + micros);
}

/** The package, or our own file. */
function placeOf(url: string, functionName: string): string {
  const [, dependency] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (dependency !== undefined) return dependency;
  return url === '' ? functionName : url.replace(/^.*\/dist\//, '');
}
