import { walk, written } from './path.ts';
import { PerValue } from './per-value.ts';
import { actionsOf, type Token } from './template-tokens.ts';

/** A function call in a template expression of a string of a spec, such as `{{ secret "token" }}`. */
export interface Call {
  readonly path: string;
  readonly function: string;
  /** The first argument where it is a string literal. */
  readonly argument: string | undefined;
  /** How many values it is given, what is piped into it included. */
  readonly values: number;
}

/** An expression that the gateway can't read either, or that does more than call functions. */
export interface Unreadable {
  readonly path: string;
  readonly fault: string;
}

/** Whether a string is rendered by the gateway before anything else looks at it. */
export function isTemplate(value: unknown): boolean {
  return typeof value === 'string' && value.includes('{{');
}

/** Every function that the strings of a spec call, in the order in which they stand. Literals call nothing. */
export function callsOf(spec: unknown): readonly Call[] {
  return templatesOf(spec).calls;
}

/** What the strings of a spec call, and where they can't be understood. */
export function templatesOf(spec: unknown): Templates {
  return templates.of(spec, '', () => read(spec));
}

export interface Templates {
  readonly calls: readonly Call[];
  readonly unreadable: readonly Unreadable[];
}

/** A template is the same in a spec of any kind. */
const templates = new PerValue<Templates>();

function read(spec: unknown): Templates {
  const calls: Call[] = [];
  const unreadable: Unreadable[] = [];
  walk(spec, (value, steps) => {
    if (typeof value !== 'string' || !isTemplate(value)) return true;
    const path = written(steps);
    for (const { tokens, fault } of actionsOf(value)) {
      const pipeline = tokens === undefined ? { calls: [], fault } : readPipeline(tokens, path);
      calls.push(...pipeline.calls);
      if (pipeline.fault !== undefined) unreadable.push({ path, fault: pipeline.fault });
    }
    return true;
  });
  return { calls, unreadable };
}

/** A value that is data: a `{{` in it comes out of the gateway's templates unchanged (measured). */
export function escaped(value: string): string {
  return value.replaceAll('{{', '{{ "{{" }}');
}

interface Read {
  readonly calls: readonly Call[];
  readonly fault: string | undefined;
}

const constants = new Set(['true', 'false', 'nil']);

/**
 * Commands parted by `|`, each a function and its operands or a literal alone. Every word is a call wherever it stands,
 * also where the rest can't be understood: what names a secret must be seen even then.
 */
function readPipeline(tokens: readonly Token[], path: string): Read {
  const calls: Call[] = [];
  let fault: string | undefined;
  let at = 0;
  const complain = (what: string) => (fault ??= what);
  const isSign = (text: string) => tokens[at]?.is === 'sign' && tokens[at]?.text === text;

  const literalAt = (index: number) => {
    const token = tokens[index];
    return token?.is === 'text' ? token.value : undefined;
  };

  const operand = (): void => {
    const token = tokens[at];
    if (token?.is === 'sign' && token.text === '(') {
      at += 1;
      pipeline();
      if (!isSign(')')) complain('has a bracket that is not closed');
      at += 1;
      return;
    }
    if (token?.is === 'sign') complain(`has a ${token.text} that is not expected`);
    if (token?.is === 'word' && !constants.has(token.text)) add(token.text, literalAt(at + 1), 0);
    at += 1;
  };
  const command = (piped: number): void => {
    const first = tokens[at];
    if (first === undefined || isSign('|') || isSign(')')) return void complain('is empty');
    const isCall = first.is === 'word' && !constants.has(first.text);
    const place = calls.length;
    if (isCall) at += 1;
    else operand();
    const argument = literalAt(at);
    let values = piped;
    while (at < tokens.length && !isSign('|') && !isSign(')')) {
      operand();
      values += 1;
    }
    if (isCall) add(first.text, argument, values, place);
    else if (values > 0) complain('gives values to what is no function');
  };
  const pipeline = (): void => {
    command(0);
    while (isSign('|')) {
      at += 1;
      command(1);
    }
  };
  const add = (name: string, argument: string | undefined, values: number, place = calls.length) => {
    calls.splice(place, 0, { path, function: name, argument, values });
  };

  pipeline();
  while (at < tokens.length) {
    complain('has a bracket too many');
    at += 1;
    if (at < tokens.length) pipeline();
  }
  return { calls, fault };
}
