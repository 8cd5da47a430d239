/** A piece of what stands between `{{` and `}}`, as Go's text/template takes it apart. */
export type Token =
  | { readonly is: 'word' | 'sign' | 'number'; readonly text: string }
  | { readonly is: 'text'; readonly text: string; readonly value: string };

export type Action =
  | { readonly tokens: readonly Token[]; readonly fault?: never }
  | { readonly tokens?: never; readonly fault: string };

const comment = /\{\{(?:- )?\/\*[\s\S]*?\*\/(?: -)?\}\}/y;
const opening = /\{\{(?:-(?=\s))?/y;
const closing = /\s*-?\}\}/y;
const token =
  /\s*(?:("(?:[^"\\\n]|\\.)*")|(`[^`]*`)|('(?:[^'\\\n]|\\.)+')|(\$?[\p{L}_][\p{L}\p{N}_]*|\$|\.[\p{L}_][\p{L}\p{N}_]*)|([+-]?\d[\w.]*)|(:=|[|().,=]))/uy;

/**
 * The actions of a text, in order. Braces inside a quoted text end nothing, and a backslash hides a quote: whoever takes
 * a text apart otherwise than the gateway can be led past. The first action that can't be read is the last.
 */
export function actionsOf(text: string): readonly Action[] {
  const actions: Action[] = [];
  for (let at = text.indexOf('{{'); at >= 0; at = text.indexOf('{{', at)) {
    const skipped = endOf(comment, text, at);
    if (skipped !== undefined) {
      at = skipped;
      continue;
    }
    const read = readAction(text, endOf(opening, text, at) ?? at + 2);
    actions.push(read.action);
    if (read.end === undefined) break;
    at = read.end;
  }
  return actions;
}

function readAction(text: string, start: number): { readonly action: Action; readonly end?: number } {
  const tokens: Token[] = [];
  let at = start;
  for (;;) {
    const end = endOf(closing, text, at);
    if (end !== undefined) return { action: { tokens }, end };
    token.lastIndex = at;
    const match = token.exec(text);
    if (match === null) {
      const rest = text.slice(at).trim();
      return { action: { fault: rest === '' ? 'is not closed' : 'has a part that can not be read' } };
    }
    tokens.push(tokenOf(match));
    at = token.lastIndex;
  }
}

function tokenOf([, quoted, raw, character, word, number, sign = '']: RegExpExecArray): Token {
  if (quoted !== undefined) return { is: 'text', text: quoted, value: unquoted(quoted) };
  if (raw !== undefined) return { is: 'text', text: raw, value: raw.slice(1, -1) };
  if (character !== undefined) return { is: 'number', text: character };
  if (word !== undefined) return { is: 'word', text: word };
  if (number !== undefined) return { is: 'number', text: number };
  return { is: 'sign', text: sign };
}

/** Go's escapes are those of JSON, and more that no name of a resource needs: what can't be read is no name. */
function unquoted(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted;
  }
}

function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
