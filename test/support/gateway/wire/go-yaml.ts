import type { YAMLParseError } from 'yaml';
import { parseDocument } from 'yaml';
import type { Json } from './json.ts';

/** Parses YAML (and JSON, which is YAML); the complaint is worded after Go's yaml.v3. */
export function parseGoYaml(source: string): Json {
  const document = parseDocument(source, { logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) throw new SyntaxError(`yaml: ${complaint(error)}`);
  return (document.toJS() as Json | undefined) ?? null;
}

/**
 * Two parsers never stumble over quite the same thing: what is common is translated, the rest told as it is.
 * yaml.v3 counts the lines of its parser from 0.
 */
function complaint({ code, message, linePos }: Pick<YAMLParseError, 'code' | 'message' | 'linePos'>): string {
  const line = linePos?.[0].line ?? 1;
  const flow = /flow (sequence|map|collection)/i.exec(message)?.[1]?.toLowerCase();
  if (code === 'MULTILINE_IMPLICIT_KEY' && flow !== undefined) {
    return `line ${line}: did not find expected ',' or '${flow === 'map' ? '}' : ']'}'`;
  }
  if ((code === 'BAD_INDENT' || code === 'MISSING_CHAR') && flow !== undefined) {
    return `line ${Math.max(line - 1, 1)}: did not find expected ',' or '${flow === 'map' ? '}' : ']'}'`;
  }
  if (code === 'TAB_AS_INDENT') return `line ${line}: found character that cannot start any token`;
  if (code === 'DUPLICATE_KEY') return `line ${line}: mapping key already defined`;
  return `line ${line}: ${message.split('\n', 1)[0] ?? ''}`;
}
