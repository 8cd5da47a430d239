/** What a failed request means to whoever made it. */
export type KubeErrorMeaning =
  | 'notFound'
  | 'exists'
  /** The object has changed meanwhile, or is not the one that the precondition names. */
  | 'conflict'
  | 'forbidden'
  | 'unauthorized'
  /** The request can't succeed as it is. */
  | 'invalid'
  /** A resourceVersion or continue token that the server has forgotten: list again. */
  | 'expired'
  /** No answer, or one that says "later". */
  | 'unavailable'
  /** The caller's signal, or the end of its tenure. */
  | 'aborted';

/** One cause out of a `metav1.Status`: a field that is wrong. */
export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** The parts of a `metav1.Status` that we read. */
export interface StatusBody {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly causes?: readonly StatusCause[]; readonly retryAfterSeconds?: number };
}

interface KubeErrorDetails {
  readonly status: number;
  readonly reason: string;
  readonly means: KubeErrorMeaning;
  readonly retryAfterMs?: number | undefined;
  readonly causes?: readonly StatusCause[];
  readonly cause?: unknown;
}

/** A request to the API server that failed. The message reads "could not … because …". */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  /** The HTTP status, or 0 where there was no answer. */
  readonly status: number;
  /** The server's word for it (`AlreadyExists`), or the code of the socket error (`ECONNRESET`). */
  readonly reason: string;
  readonly means: KubeErrorMeaning;
  /** How long the server asks to wait. */
  readonly retryAfterMs: number | undefined;
  readonly causes: readonly StatusCause[];

  constructor(message: string, details: KubeErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.status = details.status;
    this.reason = details.reason;
    this.means = details.means;
    this.retryAfterMs = details.retryAfterMs;
    this.causes = details.causes ?? [];
  }
}

export function isKubeError(error: unknown, ...meanings: readonly KubeErrorMeaning[]): error is KubeError {
  return error instanceof KubeError && (meanings.length === 0 || meanings.includes(error.means));
}

/** An answer that is not a success. `action` completes "could not …". */
export function answeredWith(
  action: string,
  status: number,
  body: StatusBody,
  retryAfterMs?: number,
): KubeError {
  const reason = body.reason ?? '';
  const said = body.message?.trim() ?? '';
  const why =
    said === ''
      ? `the API server answered ${status}`
      : `${said} (${status}${reason === '' ? '' : ` ${reason}`})`;
  const asked = body.details?.retryAfterSeconds;
  return new KubeError(`could not ${action} because ${why}`, {
    status,
    reason,
    means: meaning(status, reason),
    retryAfterMs: retryAfterMs ?? (asked === undefined ? undefined : asked * 1000),
    causes: body.details?.causes ?? [],
  });
}

/** No answer at all: the connection failed, broke or took too long. */
export function notAnswered(action: string, cause: unknown): KubeError {
  const reason = codeOf(cause);
  const why = cause instanceof Error && cause.message !== '' ? cause.message : reason;
  return new KubeError(`could not ${action} because the API server did not answer: ${why}`, {
    status: 0,
    reason,
    means: 'unavailable',
    cause,
  });
}

/** The caller gave up. */
export function abortedBy(action: string, signal: AbortSignal): KubeError {
  return new KubeError(`could not ${action} because it was called off`, {
    status: 0,
    reason: 'Aborted',
    means: 'aborted',
    cause: signal.reason,
  });
}

/** Somebody else has the right to write there, or nobody has. */
export function notEntitled(action: string): KubeError {
  return new KubeError(`could not ${action} because this replica does not hold the Lease for it`, {
    status: 0,
    reason: 'NotEntitled',
    means: 'aborted',
  });
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'Unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : 'Unknown';
}

function meaning(status: number, reason: string): KubeErrorMeaning {
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return 'notFound';
    case 409:
      return reason === 'AlreadyExists' ? 'exists' : 'conflict';
    case 410:
      return 'expired';
    case 408:
    case 429:
      return 'unavailable';
    default:
      return status >= 500 ? 'unavailable' : 'invalid';
  }
}
