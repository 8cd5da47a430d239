/**
 * What a gateway's failure means to whoever called it.
 *
 * `refused`: it will not take this as it is · `taken`: somebody else has the handle, the title or the value ·
 * `parent`: what it refers to is not there (yet) · `inUse`: others still refer to it · `absent`: it is not there ·
 * `forbidden`: our credentials are not good enough · `unavailable`: nobody can tell; try again later
 */
export type Meaning = 'refused' | 'taken' | 'parent' | 'inUse' | 'absent' | 'forbidden' | 'unavailable';

/** A fault that the gateway found in a field of what it was sent, in its own words. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

interface Details {
  readonly means: Meaning;
  /** The HTTP status; absent where there was no answer. */
  readonly status?: number | undefined;
  readonly fieldErrors?: readonly FieldError[];
  /** How long the gateway asks us to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** Values that may not stand in a message, whatever the gateway repeats of what it was sent. */
  readonly hide?: readonly string[];
  readonly cause?: unknown;
}

/** The longest text of a gateway that is repeated; a status condition holds 32 KiB, people read less. */
const longestText = 400;

/** Shorter values would hide half of every sentence; the gateway does not repeat values that short on their own. */
const shortestHidden = 4;

/** A call to a gateway that did not do what it was to do. The message completes "could not … because …". */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly means: Meaning;
  readonly status: number | undefined;
  readonly fieldErrors: readonly FieldError[];
  readonly retryAfterMs: number | undefined;

  constructor(message: string, details: Details) {
    const hide = details.hide ?? [];
    super(printable(message, hide), { cause: details.cause });
    this.means = details.means;
    this.status = details.status;
    this.fieldErrors = (details.fieldErrors ?? []).map(({ field, message: fault }) => ({
      field: printable(field, hide),
      message: printable(fault, hide),
    }));
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** One line without control characters, of bounded length, in which none of the hidden values stands. */
function printable(text: string, hide: readonly string[]): string {
  const hidden = hide
    .filter((value) => value.length >= shortestHidden)
    .toSorted((a, b) => b.length - a.length)
    .reduce((shown, value) => shown.replaceAll(value, '[sensitive]'), text);

  const line = hidden.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
  return line.length > longestText ? `${line.slice(0, longestText)}…` : line;
}
