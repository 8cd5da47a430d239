import type { Kind } from '../model/kind.ts';
import { keep, rewritten, written, type Step } from '../model/path.ts';
import { sourcesOf } from '../model/spec-secrets.ts';

/** What stands in the place of a value that nobody is to see. */
export const sensitiveValue = '(sensitive value)';

/** Names under which people keep what is nobody's business, in parameters that have no schema of ours. */
const secretName = /pass(word|wd|phrase)?$|secret|token$|credential|private-?key|api-?key$|^authorization$/i;

/** The user and password of an address, up to the last @ before its path: a password may have some. */
const userInfo = /(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s]+@/gi;

/** A gateway reads these from elsewhere: what is written there is the name of a value. */
const template = /\{\{[^}]*\}\}/;

/**
 * The spec as it may be shown to anybody: with neither the values that its kind names as secrets, nor what looks like
 * one in free-form parameters, nor the credentials inside an address. Where a value stands elsewhere its place is shown.
 */
export function maskedSpec(row: Kind, spec: unknown): unknown {
  const inline = new Set(
    row.secretsArePublic === true
      ? []
      : sourcesOf(row, spec).flatMap(({ path, source }) => (source.is === 'inline' ? [path] : [])),
  );
  return rewritten(spec, (value, steps) => {
    if (inline.has(written(steps))) return sensitiveValue;
    return typeof value === 'string' ? maskedText(value, steps, spec) : keep;
  });
}

/** Labels or annotations as they may be shown. */
export function maskedWords(words: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(words).map(([key, value]) => [key, maskedText(value, [key], words)]),
  );
}

function maskedText(text: string, steps: readonly Step[], root: unknown): string {
  if (isNamedSecret(steps, root) && text !== '' && !template.test(text)) return sensitiveValue;
  return text.replace(userInfo, `$1${sensitiveValue}@`);
}

/** Whether the field is called like a secret, or is the value of a pair that is: `{name: Authorization, value: …}`. */
function isNamedSecret(steps: readonly Step[], root: unknown): boolean {
  const field = steps.at(-1);
  if (typeof field !== 'string' || steps.includes('valueFrom')) return false;
  if (secretName.test(field)) return true;
  if (field !== 'value') return false;
  const pair = steps
    .slice(0, -1)
    .reduce<unknown>((part, step) => (part as Record<Step, unknown> | undefined)?.[step], root);
  const { name, header } = (pair ?? {}) as { readonly name?: unknown; readonly header?: unknown };
  return [name, header].some((called) => typeof called === 'string' && secretName.test(called));
}
