import { escaped, isTemplate } from '../model/expression.ts';
import type { Kind } from '../model/kind.ts';
import { placesAt, stepsOf, walk, written, type Step } from '../model/path.ts';
import { inlineValue } from '../model/secret-source.ts';
import { isCredentialName, looksLikeCredential } from './credentials.ts';
import type { Entry } from './manifest.ts';

/** A spec whose credentials stand elsewhere. */
export interface Lifted {
  readonly spec: unknown;
  readonly entries: readonly Entry[];
  /** Where something stays that looks like a credential: no Secret can stand for it there. */
  readonly inClear: readonly string[];
}

export interface LiftOptions {
  /** Name of the Secret that is to keep them. */
  readonly secret: string;
  /** Places of credentials that nobody shows. */
  readonly hidden?: readonly string[];
  /** What is told of those. */
  readonly hint?: string | undefined;
}

/**
 * Puts a reference to the Secret of a name in the place of every credential: at the places that the row names, shown or
 * not, and in the parameters of policies, by their names and looks. What is resolved of it is what stood there. What the
 * gateway renders (`{{ secret "x" }}`) is no credential, and stays.
 */
export function lifted(row: Kind, spec: unknown, { secret, hidden = [], hint }: LiftOptions): Lifted {
  const isTemplated = row.wire.is === 'envelope' && row.wire.templated;
  const data = (value: unknown) => (isTemplated ? dataOf(value) : textOf(value));
  const found = new Map<string, string | undefined>();
  for (const { path, value } of row.secrets.flatMap((pattern) => placesAt(spec, pattern))) {
    const text = data(inlineValue(value));
    if (text !== undefined) found.set(path, text);
  }
  for (const path of hidden) found.set(path, undefined);
  const params = (row.policies?.(spec) ?? []).flatMap((use) => use.params);
  for (const { path, value } of params) {
    const at = stepsOf(path.replace(/^spec\./, ''));
    for (const [place, credential] of inParams(value, at)) {
      const text = data(credential);
      if (text !== undefined) found.set(place, text);
    }
  }
  const copy = structuredClone(spec);
  const used = new Set<string>();
  const entries = [...found].map(([path, value]): Entry => {
    const key = keyFor(path, used);
    setAt(copy, stepsOf(path), { valueFrom: { secretKeyRef: { name: secret, key } } });
    return { key, path, value, ...(value === undefined && hint !== undefined ? { hint } : {}) };
  });
  return { spec: copy, entries, inClear: inClear(copy) };
}

/** What a text is that comes out of the gateway's templates unchanged; undefined where it is one to be rendered. */
function dataOf(value: unknown): string | undefined {
  const text = textOf(value);
  if (text === undefined || !isTemplate(text)) return text;
  const plain = text.replaceAll('{{ "{{" }}', '{{');
  return escaped(plain) === text ? plain : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Credentials in parameters: below a name that says so, in a pair of name and value, or by their looks. */
function inParams(params: unknown, at: readonly Step[]): readonly (readonly [string, unknown])[] {
  const found: (readonly [string, unknown])[] = [];
  walk(
    params,
    (value, steps) => {
      if (typeof value === 'string' && (looksLikeCredential(value) || isNamed(steps, params, at)))
        found.push([written(steps), value]);
      return true;
    },
    at,
  );
  return found;
}

function isNamed(steps: readonly Step[], params: unknown, at: readonly Step[]): boolean {
  const last = steps.at(-1);
  if (typeof last !== 'string') return false;
  if (isCredentialName(last)) return true;
  if (last !== 'value') return false;
  // `client-secret: {type: string, value: …}`, or `{name: Authorization, value: …}`.
  const before = steps.at(-2);
  if (typeof before === 'string' && steps.length - 1 > at.length && isCredentialName(before)) return true;
  const holder = steps.slice(at.length, -1).reduce<unknown>((part, step) => {
    return typeof part === 'object' && part !== null ? (part as Record<string, unknown>)[step] : undefined;
  }, params);
  const name = (holder as { readonly name?: unknown } | undefined)?.name;
  return typeof name === 'string' && isCredentialName(name);
}

function inClear(spec: unknown): readonly string[] {
  const found: string[] = [];
  walk(spec, (value, steps) => {
    if (typeof value === 'string' && !isTemplate(value) && looksLikeCredential(value))
      found.push(written(steps));
    return true;
  });
  return found;
}

/** `policies[0].params["x y"]` as a key of a Secret: letters, digits, `-`, `_` and `.`, at most 253. */
function keyFor(path: string, used: Set<string>): string {
  const plain = path
    .replaceAll(/[^-.\w]+/g, '.')
    .replaceAll(/\.{2,}|\.$/g, (dots) => (dots === '.' ? '' : '.'));
  const base = plain.slice(0, 240);
  let key = base;
  for (let count = 2; used.has(key); count += 1) key = `${base}.${count}`;
  used.add(key);
  return key;
}

function setAt(root: unknown, steps: readonly Step[], value: unknown): void {
  const last = steps.at(-1);
  const holder = steps.slice(0, -1).reduce<unknown>((part, step) => {
    return (part as Record<Step, unknown>)[step];
  }, root) as Record<Step, unknown>;
  if (last !== undefined) holder[last] = value;
}
