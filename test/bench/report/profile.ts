/** Prints where a CPU profile's time went. Argument: a `.cpuprofile` file. */
import { readFileSync } from 'node:fs';
import { aligned } from '../table.ts';

interface Node {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

interface Profile {
  readonly nodes: readonly Node[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const shownFunctions = 40;
const [file = ''] = process.argv.slice(2);
const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as Profile;
const byId = new Map(nodes.map((node) => [node.id, node]));
const own = new Map<number, number>();
let busy = 0;
for (const [index, id] of samples.entries()) {
  if (byId.get(id)?.callFrame.functionName === '(idle)') continue;
  const micros = timeDeltas[index] ?? 0;
  busy += micros;
  own.set(id, (own.get(id) ?? 0) + micros);
}

const alone = new Map<string, number>();
const withCallees = new Map<string, number>();
const byPlace = new Map<string, number>();
visit(nodes[0]!, new Set());

console.log(`${(busy / 1e6).toFixed(2)} s of CPU`);
show('by package or file, alone', byPlace);
show('by function, alone', alone);
show('by function, with what it calls', withCallees);

/** Depth first; a function that calls itself counts once. */
function visit(node: Node, above: ReadonlySet<string>): number {
  const name = nameOf(node);
  const self = own.get(node.id) ?? 0;
  const below = new Set([...above, name]);
  let total = self;
  for (const id of node.children ?? []) total += visit(byId.get(id)!, below);
  add(alone, name, self);
  add(byPlace, placeOf(node), self);
  if (!above.has(name)) add(withCallees, name, total);
  return total;
}

function add(times: Map<string, number>, name: string, micros: number): void {
  times.set(name, (times.get(name) ?? 0) + micros);
}

function nameOf(node: Node): string {
  const { functionName, lineNumber } = node.callFrame;
  return `${functionName || '(anonymous)'} ${placeOf(node)}:${lineNumber + 1}`;
}

/** The package, or our own file. */
function placeOf({ callFrame: { url, functionName } }: Node): string {
  const [, dependency] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (dependency !== undefined) return dependency;
  return url === '' ? functionName : url.replace(/^.*\/dist\//, '');
}

function show(title: string, times: ReadonlyMap<string, number>): void {
  const largest = [...times].toSorted(([, one], [, other]) => other - one).slice(0, shownFunctions);
  const rows = largest.map(([name, micros]) => [name, `${((micros / busy) * 100).toFixed(1)} %`]);
  console.log(`\n${title}\n${aligned(rows).join('\n')}`);
}
