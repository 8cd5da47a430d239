/** A template string taken apart: text to copy and expressions to evaluate. */
export type Part =
  { readonly is: 'text'; readonly text: string } | { readonly is: 'action'; readonly source: string };

/** Splits at `{{` and `}}`, honouring strings inside an action, `{{-`, `-}}` and comments. Throws in Go's words. */
export function partsOf(template: string): readonly Part[] {
  const parts: Part[] = [];
  let rest = template;
  let trimNext = false;
  for (;;) {
    const open = rest.indexOf('{{');
    const before = open < 0 ? rest : rest.slice(0, open);
    const trimBefore = open >= 0 && /^\{\{-\s/.test(rest.slice(open));
    const text = trimBefore ? trimmedStart(before, trimNext).trimEnd() : trimmedStart(before, trimNext);
    if (text !== '') parts.push({ is: 'text', text });
    if (open < 0) return parts;
    const inside = rest.slice(open + (trimBefore ? 3 : 2));
    const end = endOfAction(inside);
    trimNext = /\s-$/.test(inside.slice(0, end));
    const source = (trimNext ? inside.slice(0, end - 1) : inside.slice(0, end)).trim();
    if (!source.startsWith('/*')) parts.push({ is: 'action', source });
    rest = inside.slice(end + 2);
  }
}

function trimmedStart(text: string, trim: boolean): string {
  return trim ? text.trimStart() : text;
}

function endOfAction(inside: string): number {
  for (let at = 0; at < inside.length; at += 1) {
    if (inside.startsWith('}}', at)) return at;
    const quote = inside.charAt(at);
    if (quote === '"' || quote === '`' || quote === "'") at = endOfQuoted(inside, at, quote);
  }
  throw new SyntaxError('unclosed action');
}

function endOfQuoted(inside: string, start: number, quote: string): number {
  for (let at = start + 1; at < inside.length; at += 1) {
    const character = inside.charAt(at);
    if (character === quote) return at;
    if (character === '\\' && quote !== '`') at += 1;
    if (character === '\n' && quote !== '`') break;
  }
  if (quote === "'") throw new SyntaxError('unterminated character constant');
  throw new SyntaxError(quote === '`' ? 'unterminated raw quoted string' : 'unterminated quoted string');
}
