import type { TemplateFunction, Value } from './functions.ts';

const keywords = new Set([
  'if',
  'else',
  'end',
  'range',
  'with',
  'define',
  'template',
  'block',
  'break',
  'continue',
]);

/** What the expressions of one text know: functions, and the variables that those before have set. */
export interface Scope {
  readonly functions: ReadonlyMap<string, TemplateFunction>;
  readonly variables: Map<string, Value>;
}

/** Evaluates what stands between `{{` and `}}`: literals, calls, parentheses, pipes, variables. Throws in Go's words. */
export function evaluate(source: string, { functions, variables }: Scope): Value {
  const [first = '', second, ...rest] = tokens(source);
  if (!/^\$\w/.test(first) || (second !== ':=' && second !== '='))
    return new Pipeline(tokens(source), functions, variables).whole();
  if (second === '=' && !variables.has(first)) throw new SyntaxError(`undefined variable "${first}"`);
  variables.set(first, new Pipeline(rest, functions, variables).whole());
  return '';
}

function tokens(source: string): readonly string[] {
  const found: string[] = [];
  const token =
    /\s*("(?:[^"\\]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)*'|\$?[A-Za-z_]\w*|-?\d+(?:\.\d+)?|:=|[|().$,=])/y;
  while (token.lastIndex < source.trimEnd().length) {
    const at = token.lastIndex;
    const match = token.exec(source);
    if (match?.[1] === undefined) {
      throw new SyntaxError(`unexpected ${JSON.stringify(source.slice(at).trim().charAt(0))} in command`);
    }
    found.push(match[1]);
  }
  return found;
}

class Pipeline {
  readonly #tokens: readonly string[];
  readonly #functions: ReadonlyMap<string, TemplateFunction>;
  readonly #variables: ReadonlyMap<string, Value>;
  #at = 0;

  constructor(
    list: readonly string[],
    functions: ReadonlyMap<string, TemplateFunction>,
    variables: ReadonlyMap<string, Value>,
  ) {
    this.#tokens = list;
    this.#functions = functions;
    this.#variables = variables;
    const unknown = list.find((word) => /^[A-Za-z_]/.test(word) && !this.#known(word));
    if (unknown !== undefined) throw new SyntaxError(`function "${unknown}" not defined`);
    const [first] = list;
    if (first === undefined) throw new SyntaxError('missing value for command');
    if (keywords.has(first)) throw new SyntaxError(`the emulator does not know the action {{${first}}}`);
  }

  whole(): Value {
    const value = this.#pipes();
    if (this.#at < this.#tokens.length) throw new SyntaxError(`unexpected ${this.#next()} in command`);
    return value;
  }

  #pipes(): Value {
    let value = this.#command([]);
    while (this.#tokens[this.#at] === '|') {
      this.#at += 1;
      value = this.#command([value]);
    }
    return value;
  }

  #command(piped: readonly Value[]): Value {
    const word = this.#next();
    const call = this.#functions.get(word);
    if (call === undefined) {
      if (piped.length > 0) throw new SyntaxError(`non executable command in pipeline stage 2`);
      return this.#operand(word);
    }
    const values: Value[] = [];
    while (
      this.#at < this.#tokens.length &&
      this.#tokens[this.#at] !== '|' &&
      this.#tokens[this.#at] !== ')'
    ) {
      values.push(this.#operand(this.#next()));
    }
    return call(...values, ...piped);
  }

  #operand(word: string): Value {
    if (word === '(') {
      const value = this.#pipes();
      if (this.#next() !== ')') throw new SyntaxError('unclosed left paren');
      return value;
    }
    if (word.startsWith('"')) return unquoted(word);
    if (word.startsWith('`')) return word.slice(1, -1);
    if (word.startsWith("'")) return character(word);
    if (/^-?\d/.test(word)) return Number(word);
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'nil' || word === '.' || word === '$') return undefined;
    if (this.#variables.has(word)) return this.#variables.get(word);
    if (word.startsWith('$')) throw new SyntaxError(`undefined variable "${word}"`);
    const call = this.#functions.get(word);
    if (call === undefined) throw new SyntaxError(`unexpected ${JSON.stringify(word)} in operand`);
    return call();
  }

  #next(): string {
    const word = this.#tokens[this.#at];
    if (word === undefined) throw new SyntaxError('missing value for command');
    this.#at += 1;
    return word;
  }

  #known(word: string): boolean {
    return this.#functions.has(word) || keywords.has(word) || ['true', 'false', 'nil'].includes(word);
  }
}

function unquoted(word: string): string {
  try {
    return JSON.parse(word) as string;
  } catch (error) {
    throw new SyntaxError('invalid syntax', { cause: error });
  }
}

/** Single quotes hold one character and make a number, as in Go. */
function character(word: string): number {
  const inside = Array.from(word.slice(1, -1));
  const [only] = inside;
  if (inside.length !== 1 || only === undefined)
    throw new SyntaxError(`malformed character constant: ${word}`);
  return only.codePointAt(0) ?? 0;
}
