import type { Environment, ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js';
import { errorText } from '../../runtime/describe-error.ts';
import type { Effort } from './effort.ts';
import { compiled } from './regular-expressions.ts';
import { guarded, linearised, patternsOf, readsOf } from './syntax.ts';
import { linearMatches } from './text-functions.ts';

/** An expression that can be evaluated. */
export interface Expression {
  /** The type that its value has, as CEL writes it. */
  readonly type: string;
  readonly reads: readonly (readonly string[])[];
  /** Throws what went wrong; what it costs is counted by the effort of the environment. */
  evaluate(activation: Readonly<Record<string, unknown>>): unknown;
}

/** Why a text is no expression; completes "<path>: …". */
export interface ExpressionFault {
  readonly fault: string;
  /** The way out, where there is one to tell. */
  readonly remedy?: string;
}

/** Parses and checks an expression whose value has to be of one of some types; any type where none are given. */
export function compileExpression(
  environment: Environment,
  text: string,
  { effort, types }: { readonly effort: Effort; readonly types?: readonly string[] },
): Expression | ExpressionFault {
  try {
    const parsed = environment.parse(text);
    linearised(parsed.ast);
    const { valid, type = 'dyn', error } = parsed.check();
    if (!valid) return faultOf(error, text);
    for (const { pattern, node } of patternsOf(parsed.ast)) {
      const why = wrongPattern(pattern);
      if (why !== undefined) return { fault: `${why}${where(node.pos, text)}` };
    }
    if (types !== undefined && type !== 'dyn' && !types.includes(type))
      return { fault: `must give ${types.join(' or ')}, gives ${type}` };
    const reads = readsOf(parsed.ast);
    guarded(parsed.ast, effort);
    return { type, reads, evaluate: (activation) => parsed(activation) as unknown };
  } catch (error) {
    return faultOf(error, text);
  }
}

export function isFault(compiledTo: Expression | ExpressionFault): compiledTo is ExpressionFault {
  return 'fault' in compiledTo;
}

/** What an error says in one line, without the picture of the expression that the library draws below it. */
export function summaryOf(error: unknown): string {
  const summary = (error as Partial<CelTypeError> | null)?.summary ?? errorText(error);
  return (summary.split('\n', 1)[0] ?? '').replaceAll(linearMatches, 'matches');
}

function faultOf(error: unknown, text: string): ExpressionFault {
  const range = (error as Partial<ParseError> | null)?.range;
  const summary = summaryOf(error);
  const fault = `is no valid CEL: ${summary}${where(range?.start, text)}`;
  const remedy = remedyFor(summary);
  return remedy === undefined ? { fault } : { fault, remedy };
}

/** Line and column, each from one. */
function where(position: number | undefined, text: string): string {
  if (position === undefined) return '';
  const lines = text.slice(0, position).split('\n');
  return ` (line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1})`;
}

function remedyFor(summary: string): string | undefined {
  if (summary.startsWith('Unknown variable'))
    return 'docs/review-policies.md lists what can be named; variables of the policy are variables.NAME';
  if (summary.startsWith('found no matching overload'))
    return 'docs/review-policies.md lists the functions that there are';
  return undefined;
}

function wrongPattern(pattern: string): string | undefined {
  try {
    compiled(pattern);
    return undefined;
  } catch (error) {
    return `${JSON.stringify(pattern)} ${errorText(error)}`;
  }
}
