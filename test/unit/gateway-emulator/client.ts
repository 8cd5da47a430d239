import type { Gateway } from '../../support/gateway/emulator.ts';
import { managementBase } from '../../support/gateway/generation.ts';
import type { Json, JsonObject } from '../../support/gateway/wire/json.ts';

/** What a call was answered with. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed where the answer is JSON. */
  readonly body: Json | undefined;
  /** What stands in the body under a path such as `apis.0.spec.context`. */
  at(path: string): Json | undefined;
  /** The same as text. */
  textAt(path: string): string;
}

export interface CallOptions {
  readonly user?: string;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/** Calls the management API as admin, or as `user` whose password is the name; an object is sent as JSON. */
export async function call(
  gateway: Gateway,
  method: string,
  path: string,
  body?: unknown,
  { user = 'admin', contentType, signal }: CallOptions = {},
): Promise<Answer> {
  const isText = typeof body === 'string';
  const response = await fetch(`${gateway.url}${managementBase(gateway.api)}${path}`, {
    method,
    headers: {
      ...(user !== '' && { Authorization: `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}` }),
      ...(body !== undefined && { 'Content-Type': contentType ?? 'application/json' }),
    },
    ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  });
  return answerOf(response);
}

/** Gets a page of the admin port. */
export async function admin(gateway: Gateway, path: string, init: RequestInit = {}): Promise<Answer> {
  return answerOf(await fetch(`${gateway.adminUrl}${path}`, init));
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  const body = isJson ? (JSON.parse(text) as Json) : undefined;
  const at = (path: string): Json | undefined => {
    return path
      .split('.')
      .reduce<Json | undefined>((value, step) => (value as JsonObject | undefined)?.[step], body);
  };
  return {
    status: response.status,
    headers: response.headers,
    text,
    body,
    at,
    textAt: (path) => textOf(at(path)),
  };
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
