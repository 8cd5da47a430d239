import type { Api } from '../generation.ts';
import type { PolicyLibrary } from '../policies/library.ts';

/** One thing wrong with a document, in the gateway's words. */
export interface Violation {
  readonly field: string;
  readonly message: string;
}

/** What a document is judged by. */
export interface Rulebook {
  readonly api: Api;
  readonly policies: PolicyLibrary;
}

/** `N error(s): 1. field: message; 2. …`, as the gateway writes them where it has no list of errors. */
export function numbered(violations: readonly Violation[]): string {
  const lines = violations.map(({ field, message }, index) => `${index + 1}. ${field}: ${message}`);
  return `${violations.length} error(s): ${lines.join('; ')}`;
}
