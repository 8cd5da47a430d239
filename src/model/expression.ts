import { walk, written } from './path.ts';

/** A function call in a template expression of a string of a spec, such as `{{ secret "token" }}`. */
export interface Call {
  readonly path: string;
  readonly function: string;
  /** The first argument where it is a string literal. */
  readonly argument: string | undefined;
}

const expressions = /\{\{-?\s*([\s\S]*?)\s*-?\}\}/g;

/** Whether a string is rendered by the gateway before anything else looks at it. */
export function isTemplate(value: unknown): boolean {
  return typeof value === 'string' && value.includes('{{');
}

/** Every function that the strings of a spec call, in the order in which they stand. Literals call nothing. */
export function callsOf(spec: unknown): readonly Call[] {
  const calls: Call[] = [];
  walk(spec, (value, steps) => {
    if (typeof value !== 'string' || !isTemplate(value)) return true;
    for (const match of value.matchAll(expressions)) calls.push(...parse(match[1] ?? '', written(steps)));
    if (/\{\{(?![\s\S]*\}\})/.test(value)) {
      calls.push({
        path: written(steps),
        function: '(an expression that is not closed)',
        argument: undefined,
      });
    }
    return true;
  });
  return calls;
}

/** A value that is data: a `{{` in it comes out of the gateway's templates unchanged (measured). */
export function escaped(value: string): string {
  return value.replaceAll('{{', '{{ "{{" }}');
}

function parse(body: string, path: string): Call[] {
  return splitPipeline(body).flatMap((stage) => {
    const call = /^\(?\s*([A-Za-z_.][\w.]*)\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)?/.exec(stage);
    return call === null ? [] : [{ path, function: call[1] ?? '', argument: call[2] ?? call[3] }];
  });
}

/** Splits at `|` and at opening brackets outside string literals, so that nested calls are seen too. */
function splitPipeline(body: string): string[] {
  const stages = [''];
  let quote = '';
  for (const char of body) {
    if (quote === '' && (char === '"' || char === '`')) quote = char;
    else if (char === quote) quote = '';
    if (quote === '' && (char === '|' || char === '(')) stages.push('');
    else stages[stages.length - 1] = (stages.at(-1) ?? '') + char;
  }
  return stages.map((stage) => stage.trim()).filter((stage) => stage !== '');
}
