import type { ASTNode } from '@marcbachmann/cel-js';
import type { Effort } from './effort.ts';
import { linearMatches } from './text-functions.ts';

/**
 * A node as the library (8.0.0) has it beneath its types. Macros stand in `meta`, and `evaluate` is how a node is asked
 * for its value. What depends on this is covered by test/unit/review/bounds.test.ts.
 */
export interface Node {
  readonly op: string;
  readonly args: unknown;
  readonly pos?: number;
  readonly meta: { readonly macro?: unknown; readonly alternate?: unknown };
  evaluate(evaluator: unknown, node: unknown, context: unknown): unknown;
}

/** Every node below one, itself first; those that macros were made into as well. */
export function nodesOf(root: ASTNode): readonly Node[] {
  const make = root.constructor;
  const found = new Set<Node>();
  const seen = new Set<unknown>();
  const waiting: unknown[] = [root];
  for (let next = waiting.pop(); waiting.length > 0 || next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    if (next.constructor === make) {
      const node = next as Node;
      found.add(node);
      waiting.push(node.meta.alternate, node.meta.macro, node.args);
    } else if (Array.isArray(next) || next.constructor === Object)
      waiting.push(...(Object.values(next) as unknown[]));
  }
  return [...found];
}

/** Has `matches` be ours. Must come before the types are checked. */
export function linearised(root: ASTNode): void {
  for (const { op, args } of nodesOf(root)) {
    if (op === 'rcall' && Array.isArray(args) && args[0] === 'matches') args[0] = linearMatches;
  }
}

/** The patterns that are written out, each with the node that it stands in. */
export function patternsOf(root: ASTNode): readonly { readonly pattern: string; readonly node: Node }[] {
  return nodesOf(root).flatMap((node) => {
    if (node.op !== 'rcall' || !Array.isArray(node.args)) return [];
    const [name, , [given]] = node.args as [string, Node, Node[]];
    const isPattern = [linearMatches, 'find', 'findAll'].includes(name);
    return isPattern && given?.op === 'value' && typeof given.args === 'string'
      ? [{ pattern: given.args, node: given }]
      : [];
  });
}

/**
 * What an expression reads, each as a name and the fields below it as far as they are written out: `object.spec.context`
 * is one. Variables of loops are among it, since names alone don't tell them from others.
 */
export function readsOf(root: ASTNode): readonly (readonly string[])[] {
  const nodes = nodesOf(root);
  const inner = new Set<unknown>(nodes.filter((node) => chainOf(node) !== undefined).map(belowOf));
  return nodes.flatMap((node) => {
    const chain = inner.has(node) ? undefined : chainOf(node);
    return chain === undefined ? [] : [chain];
  });
}

function chainOf(node: Node): readonly string[] | undefined {
  if (node.op === 'id') return [node.args as string];
  const below = belowOf(node);
  const chain = below === undefined ? undefined : chainOf(below);
  if (chain === undefined) return undefined;
  const [, field] = node.args as [Node, string | Node];
  if (typeof field === 'string') return [...chain, field];
  return field.op === 'value' && typeof field.args === 'string' ? [...chain, field.args] : undefined;
}

/** What a field is taken of. */
function belowOf(node: Node): Node | undefined {
  return ['.', '.?', '[]', '[?]'].includes(node.op) ? (node.args as [Node, unknown])[0] : undefined;
}

/** What makes something, or is done again and again, and so has to be counted. */
const costly = new Set(['+', 'call', 'rcall', '==', '!=', 'in']);

/** Counts every turn of every loop, and what operators and functions make. Must come after the types are checked. */
export function guarded(root: ASTNode, effort: Effort): void {
  const nodes = nodesOf(root);
  const steps = new Set<unknown>(
    nodes.filter(({ op }) => op === 'comprehension').map(({ args }) => (args as { step: unknown }).step),
  );
  for (const node of nodes) {
    if (steps.has(node)) before(node, () => effort.spend(1));
    if (costly.has(node.op)) after(node, (value) => effort.made(value));
  }
}

type Evaluate = (...given: Parameters<Node['evaluate']>) => unknown;

/** The library puts another `evaluate` in the place of the first at the first call, so both are kept beneath ours. */
function wrapped(node: Node, wrap: (inner: Evaluate) => Evaluate): void {
  const method = (evaluate: unknown): Evaluate => (evaluate as Evaluate).bind(node);
  let inner = method(Reflect.get(node, 'evaluate'));
  const outer = wrap((...given) => inner(...given));
  Object.defineProperty(node, 'evaluate', {
    configurable: true,
    get: () => outer,
    set: (next: unknown) => {
      inner = method(next);
    },
  });
}

function before(node: Node, spend: () => void): void {
  wrapped(node, (inner) => (...given) => {
    spend();
    return inner(...given);
  });
}

function after(node: Node, made: (value: unknown) => unknown): void {
  wrapped(
    node,
    (inner) =>
      (...given) =>
        made(inner(...given)),
  );
}
