/** What the body of an answer is. A management API speaks JSON; what does not is something in between. */
export type Came = 'JSON' | 'nothing' | 'HTML' | 'no JSON';

export interface Body {
  readonly came: Came;
  /** Parsed JSON; undefined where there is none. */
  readonly value: unknown;
}

/** More nesting than any resource has. Whoever walks through what is much deeper runs out of stack. */
const maxDepth = 1000;

/** Makes what can be made of a body. It is never repeated: nobody knows what stands in it. */
export function readBody(text: string): Body {
  if (text.trim() === '') return { came: 'nothing', value: undefined };
  if (/^\s*<(!doctype|html|head|body|!--)/i.test(text)) return { came: 'HTML', value: undefined };
  try {
    return isDeep(text)
      ? { came: 'no JSON', value: undefined }
      : { came: 'JSON', value: JSON.parse(text) as unknown };
  } catch {
    return { came: 'no JSON', value: undefined };
  }
}

/** The body as the end of "answered 200 …". */
export function bodyText(came: Came): string {
  switch (came) {
    case 'JSON':
      return 'with JSON of another shape';
    case 'nothing':
      return 'with nothing';
    case 'HTML':
      return 'with a page of HTML';
    case 'no JSON':
      return 'with something that is no JSON of a management API';
  }
}

const quote = 0x22;
const backslash = 0x5c;

/** Counts brackets outside of strings: it has to be known before anything is built of them. */
function isDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === backslash) at += 1;
      else if (code === quote) inString = false;
    } else if (code === quote) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}
