import type { Gateway } from '../../support/gateway/emulator.ts';
import type { Json, JsonObject } from '../../support/gateway/wire/json.ts';
import { call } from './client.ts';
import type { Kind } from './documents.ts';
import { collections, document } from './documents.ts';

/** What is sent in place of a valid value: `undefined` takes the field away. */
export interface Change {
  readonly kind: Kind;
  /** `spec.…` unless it is apiVersion, kind, spec or in metadata; `a+b` changes both. */
  readonly field: string;
  readonly value: Json | undefined;
}

let made = 0;

/** What the provider before which proxies stand, and another one, are called. */
export const providers = ['model', 'other-model'];

/** Makes what the valid documents refer to. */
export async function makeProviders(gateway: Gateway): Promise<void> {
  for (const name of providers) {
    await call(gateway, 'POST', '/llm-providers', document('LlmProvider', name, gateway.api));
  }
}

/** POSTs a document that is valid but for the change, and tells the status that it was answered with. */
export async function post(gateway: Gateway, { kind, field, value }: Change): Promise<number> {
  made += 1;
  const sent = document(kind, `case-${made}`, gateway.api);
  for (const one of field.split('+')) set(sent, pathOf(one), value);
  const { status } = await call(gateway, 'POST', collections[kind], sent);
  return status;
}

function pathOf(field: string): readonly string[] {
  const steps = field.replace(/\[(\d+)\]/g, '.$1').split('.');
  const outside = ['apiVersion', 'kind', 'spec', 'metadata'].includes(steps[0] ?? '');
  return outside ? steps : ['spec', ...steps];
}

function set(target: JsonObject, path: readonly string[], value: Json | undefined): void {
  const [step = '', ...rest] = path;
  if (rest.length > 0) {
    target[step] ??= {};
    set(target[step] as JsonObject, rest, value);
  } else if (value === undefined) {
    Reflect.deleteProperty(target, step);
  } else {
    target[step] = value;
  }
}
