import type { Gateway } from '../../support/gateway/emulator.ts';
import { managementBase } from '../../support/gateway/generation.ts';

/** What a call was answered with. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed where the answer is JSON. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- assertions look into answers of any form
  readonly body: any;
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
  const body: unknown = isJson ? JSON.parse(text) : undefined;
  return { status: response.status, headers: response.headers, text, body };
}
