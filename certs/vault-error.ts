/**
 * What it means that Vault did not do what it was to do: `refused`: not as it was asked · `forbidden`: not for this
 * token · `absent`: there is no such place · `unavailable`: nobody can tell; it is worth trying again as it is.
 */
export type VaultMeaning = 'refused' | 'forbidden' | 'absent' | 'unavailable';

interface Details {
  readonly means: VaultMeaning;
  /** The HTTP status; absent where there was no answer. */
  readonly status?: number | undefined;
  /** Values that may not stand in the message, whatever Vault repeats of what it was sent. */
  readonly hide?: readonly string[];
  readonly cause?: unknown;
}

/** The longest message, in characters: it stands in a log line and in the answer of a probe. */
const longestText = 1000;

/** A call to Vault that came to nothing. The message completes "could not … because …" and says what a person can do. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
  readonly means: VaultMeaning;
  readonly status: number | undefined;

  constructor(message: string, { means, status, hide = [], cause }: Details) {
    super(bounded(hidden(message, hide)), { cause });
    this.means = means;
    this.status = status;
  }
}

function hidden(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== '')
    .toSorted((one, other) => other.length - one.length)
    .reduce((shown, secret) => shown.replaceAll(secret, '[sensitive]'), text);
}

/** One line without control characters. */
function bounded(text: string): string {
  // What breaks a line or moves the cursor has no place in a log.
  const line = text.replace(/\p{Cc}+/gu, ' ').trim();
  return line.length > longestText ? `${line.slice(0, longestText)}…` : line;
}
