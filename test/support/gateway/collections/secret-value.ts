import type { Store } from '../store/store.ts';
import { textOf } from '../wire/json.ts';

/** The clear value of a stored Secret. */
export function secretValue(store: Store, handle: string): string | undefined {
  const entry = store.get('secrets', handle);
  return entry === undefined ? undefined : textOf(entry.spec.value);
}
