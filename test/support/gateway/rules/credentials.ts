import type { Json } from '../wire/json.ts';
import { objectOf, textOf } from '../wire/json.ts';
import type { Rulebook, Violation } from './violation.ts';

/** `auth` of the LLM kinds. Generation 1 also knows the types `other` and `none`, which need nothing else. */
export function checkLlmAuth(
  value: Json | undefined,
  field: string,
  { api }: Rulebook,
): readonly Violation[] {
  if (value === undefined) return [];
  const auth = objectOf(value);
  const type = textOf(auth.type);
  if (type === '') return [{ field: `${field}.type`, message: 'Auth type is required' }];
  if (api === 'v1' && (type === 'other' || type === 'none')) return [];
  if (type !== 'api-key') {
    const types = api === 'v1' ? "'api-key', 'other' or 'none'" : "'api-key'";
    return [{ field: `${field}.type`, message: `Unsupported auth type (must be ${types})` }];
  }
  return missing(auth.header, auth.value, field);
}

/** `auth` of an Mcp, whose type is free; only bearer values have a form. */
export function checkMcpAuth(value: Json | undefined): readonly Violation[] {
  if (value === undefined) return [];
  const auth = objectOf(value);
  const field = 'spec.upstream.auth';
  const type = textOf(auth.type);
  const found = type === '' ? [{ field: `${field}.type`, message: 'Auth type is required' }] : [];
  const absent = missing(auth.header, auth.value, field);
  if (absent.length > 0 || type !== 'bearer' || /^[Bb]earer /.test(textOf(auth.value)))
    return [...found, ...absent];
  return [...found, { field: `${field}.value`, message: "Bearer auth value must start with 'Bearer '" }];
}

function missing(header: Json | undefined, value: Json | undefined, field: string): readonly Violation[] {
  const found: Violation[] = [];
  if (textOf(header) === '') found.push({ field: `${field}.header`, message: 'Auth header is required' });
  if (textOf(value) === '') found.push({ field: `${field}.value`, message: 'Auth value is required' });
  return found;
}
