import { RE2JS } from 're2js';
import type { Effort } from './effort.ts';

/** As RE2 has them: linear in the text. JavaScript's own take exponential time for some patterns. */
export class Patterns {
  readonly #effort: Effort;
  readonly #compiled = new Map<string, { readonly pattern: RE2JS; readonly size: number }>();

  constructor(effort: Effort) {
    this.#effort = effort;
  }

  matches(text: string, pattern: string): boolean {
    return this.#with(text, pattern).matcher(text).find();
  }

  /** The first match, or an empty text. */
  find(text: string, pattern: string): string {
    return this.findAll(text, pattern, 1)[0] ?? '';
  }

  /** Up to `limit` matches; all where it is negative. */
  findAll(text: string, pattern: string, limit = -1): readonly string[] {
    const matcher = this.#with(text, pattern).matcher(text);
    const found: string[] = [];
    while (found.length !== limit && matcher.find()) {
      this.#effort.spend(1);
      found.push(matcher.group() ?? '');
    }
    return found;
  }

  /** Linear is not fast: a step of CEL stands for some hundred of the automaton's (measured). */
  #with(text: string, source: string): RE2JS {
    let known = this.#compiled.get(source);
    if (known === undefined) {
      this.#effort.spend(1 + source.length);
      if (this.#compiled.size >= mostPatterns) this.#compiled.clear();
      const pattern = compiled(source);
      known = { pattern, size: pattern.programSize() };
      this.#compiled.set(source, known);
    }
    this.#effort.spend(1 + Math.ceil((known.size * text.length) / 100));
    return known.pattern;
  }
}

/** Patterns may come from the values that are judged, so they are not kept without end. */
const mostPatterns = 500;

/** Throws, with a word for the author, where RE2 knows no such pattern. */
export function compiled(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`is no regular expression of RE2: ${why}`, { cause: error });
  }
}
