import type { BareObject } from './resource.ts';

/** A Secret or a ConfigMap, as far as values are read from it. */
export interface Holder extends BareObject {
  readonly data?: Readonly<Record<string, string>>;
  /** Of a Secret in a file: what the API server would add to `data`. */
  readonly stringData?: Readonly<Record<string, string>>;
}

/** The values as they are meant: those of a Secret are stored in base64. */
export function holderValues(
  from: 'Secret' | 'ConfigMap',
  holder: Holder | undefined,
): Readonly<Record<string, string>> | undefined {
  if (holder === undefined || from === 'ConfigMap') return holder && (holder.data ?? {});
  const decoded = Object.entries(holder.data ?? {}).map(
    ([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')] as const,
  );
  return { ...Object.fromEntries(decoded), ...holder.stringData };
}
