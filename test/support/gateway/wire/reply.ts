import type { Json } from './json.ts';
import { encode } from './json.ts';

/** An answer before the server gives it the headers of its generation. */
export interface Reply {
  readonly status: number;
  readonly content: 'json' | 'text' | 'none';
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function json(status: number, value: Json): Reply {
  return { status, content: 'json', body: encode(value) };
}

/** Certificates are the one collection whose keys come in the order of a Go struct. */
export function unsortedJson(status: number, value: Json): Reply {
  return { status, content: 'json', body: encode(value, 'as given') };
}

export function text(status: number, body: string): Reply {
  return { status, content: 'text', body };
}

export function nothing(status: number): Reply {
  return { status, content: 'none', body: '' };
}

export function problem(status: number, message: string): Reply {
  return json(status, { message, status: 'error' });
}
