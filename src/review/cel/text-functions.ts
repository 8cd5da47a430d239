import type { Environment } from '@marcbachmann/cel-js';
import type { Effort } from './effort.ts';
import { Patterns } from './regular-expressions.ts';

/** The name under which `matches` is called: the library's own, which is JavaScript's, can't be replaced under its name. */
export const linearMatches = 'matches_';

/** What Kubernetes has for texts beyond what the library brings. */
export function addTextFunctions(environment: Environment, effort: Effort): void {
  const patterns = new Patterns(effort);
  const add = (signature: string, handler: (...values: never[]) => unknown) =>
    environment.registerFunction(signature, handler, { async: false });
  add(`string.${linearMatches}(string): bool`, (text: string, pattern: string) =>
    patterns.matches(text, pattern),
  );
  add('string.find(string): string', (text: string, pattern: string) => patterns.find(text, pattern));
  add('string.findAll(string): list<string>', (text: string, pattern: string) =>
    patterns.findAll(text, pattern),
  );
  add('string.findAll(string, int): list<string>', (text: string, pattern: string, limit: bigint) =>
    patterns.findAll(text, pattern, Number(limit)),
  );
  add('string.replace(string, string): string', (text: string, from: string, to: string) =>
    replaced(text, from, to, -1, effort),
  );
  add('string.replace(string, string, int): string', (text: string, from: string, to: string, most: bigint) =>
    replaced(text, from, to, Number(most), effort),
  );
  add('string.charAt(int): string', (text: string, index: bigint) => {
    if (index < 0n || index > BigInt(text.length)) throw new RangeError(`charAt: ${index} is out of range`);
    return text.charAt(Number(index));
  });
  add('string.reverse(): string', (text: string) => Array.from(text).reverse().join(''));
  add('string.format(list): string', (text: string, values: readonly unknown[]) => formatted(text, values));
}

/** Counted before it is made: a text may grow by as much as its length times that of the new part. */
function replaced(text: string, from: string, to: string, most: number, effort: Effort): string {
  const parts = text.split(from);
  const count = most < 0 ? parts.length - 1 : Math.min(most, parts.length - 1);
  effort.spend((text.length + count * to.length) >> 6);
  const head = parts.slice(0, count + 1).join(to);
  return count + 1 < parts.length ? [head, ...parts.slice(count + 1)].join(from) : head;
}

/** `%s`, `%d`, `%f` (six places, or `%.2f`) and `%%`. */
function formatted(text: string, values: readonly unknown[]): string {
  let next = 0;
  return text.replace(
    /%(%|s|d|(?:\.(\d{1,2}))?f|.|$)/gs,
    (verb, kind: string, places: string | undefined) => {
      if (kind === '%') return '%';
      if (next >= values.length) throw new Error(`format: there is no value for ${verb}`);
      const value = values[next++];
      if (kind === 's') return shown(value);
      if (kind === 'd' && typeof value === 'bigint') return value.toString();
      if (kind.endsWith('f') && (typeof value === 'number' || typeof value === 'bigint'))
        return Number(value).toFixed(places === undefined ? 6 : Number(places));
      throw new Error(`format: ${verb} does not fit its value; %s, %d and %f are known`);
    },
  );
}

function shown(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (value instanceof Map)
    return `{${[...value].map(([key, child]) => `${shown(key)}: ${shown(child)}`).join(', ')}}`;
  return String(value);
}
