import type { Violation } from './violation.ts';

interface KeySelector {
  readonly name?: string;
  readonly key?: string;
  readonly optional?: boolean;
}

/** How a secret may be written: the management API's, the platform's flat and Kubernetes' own spelling. */
export type SecretInput =
  | string
  | {
      readonly value?: string;
      readonly valueFrom?: KeySelector & { readonly secretKeyRef?: KeySelector };
    };

/** Where a secret comes from, whatever its spelling. The namespace is always the resource's own. */
export type SecretSource =
  | { readonly is: 'inline'; readonly value: string }
  | { readonly is: 'key'; readonly name: string; readonly key: string; readonly optional: boolean };

/** The value where it stands in the spec itself. */
export function inlineValue(input: unknown): string | undefined {
  const parsed = parseSecretSource(input, '');
  return 'source' in parsed && parsed.source.is === 'inline' ? parsed.source.value : undefined;
}

/** One of the three spellings, or what is wrong with it. Values are never repeated: they may be secrets. */
export function parseSecretSource(
  input: unknown,
  path: string,
): { readonly source: SecretSource } | { readonly faults: readonly Violation[] } {
  if (typeof input === 'string') return { source: { is: 'inline', value: input } };
  if (!isRecord(input)) return fault(path, 'must be a string, {value} or {valueFrom}');
  const { value, valueFrom } = input;
  const unknown = Object.keys(input).filter((key) => key !== 'value' && key !== 'valueFrom');
  if (unknown.length > 0) return fault(path, `has the unknown field ${unknown.join(', ')}`);
  if ((value === undefined) === (valueFrom === undefined)) {
    return fault(path, 'must have exactly one of value and valueFrom');
  }
  if (valueFrom === undefined) {
    return typeof value === 'string'
      ? { source: { is: 'inline', value } }
      : fault(`${path}.value`, 'must be a string');
  }
  return parseKey(valueFrom, `${path}.valueFrom`);
}

function parseKey(valueFrom: unknown, path: string): ReturnType<typeof parseSecretSource> {
  if (!isRecord(valueFrom)) return fault(path, 'must be an object with name and key');
  const nested = valueFrom.secretKeyRef;
  const at = nested === undefined ? path : `${path}.secretKeyRef`;
  const selector = nested === undefined ? valueFrom : nested;
  if (!isRecord(selector)) return fault(at, 'must be an object with name and key');
  if (nested !== undefined && Object.keys(valueFrom).length > 1) {
    return fault(path, 'must have exactly one source', 'use either secretKeyRef, or name and key');
  }
  const unknown = Object.keys(selector).filter((key) => !['name', 'key', 'optional'].includes(key));
  if (unknown.includes('namespace')) {
    return fault(
      `${at}.namespace`,
      'is not allowed',
      'a Secret is read from the namespace of the resource only',
    );
  }
  if (unknown.length > 0) return fault(at, `has the unknown field ${unknown.join(', ')}`);
  const { name, key, optional = false } = selector;
  const faults: Violation[] = [];
  if (typeof name !== 'string' || name === '')
    faults.push({ path: `${at}.name`, fault: 'must name a Secret' });
  if (typeof key !== 'string' || key === '')
    faults.push({ path: `${at}.key`, fault: 'must name a key of the Secret' });
  if (typeof optional !== 'boolean') faults.push({ path: `${at}.optional`, fault: 'must be true or false' });
  if (faults.length > 0) return { faults };
  return { source: { is: 'key', name: name as string, key: key as string, optional: optional as boolean } };
}

function fault(path: string, fault: string, remedy?: string): { readonly faults: readonly Violation[] } {
  return { faults: [remedy === undefined ? { path, fault } : { path, fault, remedy }] };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
