import type { Kind, OddAnswer } from '../model/kind.ts';
import { bodyText } from './body.ts';
import type { FieldError, Meaning } from './gateway-error.ts';
import type { Reply } from './transport.ts';

/** What a call wanted: the column of the row's odd answers that applies. */
export type Operation = 'read' | OddAnswer['on'];

/** What a reply with a failing status says, as far as people may see it. */
export interface Complaint {
  readonly message: string | undefined;
  readonly fieldErrors: readonly FieldError[];
}

/** Worth trying again as it is: timeouts, too many requests, and whatever the gateway itself calls its own fault. */
function isPassing(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/**
 * What an answer that is no success means. The row's own column comes first: gateways answer oddly, kind by kind. But
 * only JSON is a word of the management API: a 404 in HTML is that of something in between, and says nothing about
 * what stands at the gateway.
 */
export function meaningOf(
  row: Kind,
  on: Operation,
  { status, came }: Pick<Reply, 'status' | 'came'>,
  message: string | undefined,
): Meaning {
  if (status < 400) return 'unavailable';
  if (came !== 'JSON') return status === 401 || status === 403 ? 'forbidden' : 'unavailable';
  const odd = row.oddAnswers.find(
    (answer) => answer.on === on && answer.status === status && (answer.message?.test(message ?? '') ?? true),
  );
  if (odd !== undefined) return odd.means;
  if (status === 401 || status === 403) return 'forbidden';
  if (status === 404 || status === 410) return 'absent';
  if (status === 409) return 'taken';
  return isPassing(status) ? 'unavailable' : 'refused';
}

/** Reads the failing body of either generation: `{message, errors: [{field, message}]}`, `{error}`, `{code, message}`. */
export function complaintIn(body: unknown): Complaint {
  if (typeof body !== 'object' || body === null) return { message: undefined, fieldErrors: [] };
  const { message, error, errors } = body as Readonly<Record<string, unknown>>;
  const text = typeof message === 'string' ? message : typeof error === 'string' ? error : undefined;
  const found: readonly unknown[] = Array.isArray(errors) ? errors : [];
  return { message: text, fieldErrors: found.flatMap((fault) => fieldError(fault)) };
}

/** The complaint as the end of a sentence: the gateway's own words, field by field. */
export function complaintText({ status, came }: Reply, { message, fieldErrors }: Complaint): string {
  const fields = fieldErrors.map((fault) => `${fault.field}: ${fault.message}`).join('; ');
  const words = [message, fields === '' ? undefined : fields].filter((part) => part !== undefined).join(': ');
  if (words !== '') return `the gateway answered ${status}: ${words}`;
  return came === 'JSON'
    ? `the gateway answered ${status}`
    : `the gateway answered ${status} ${bodyText(came)}`;
}

function fieldError(fault: unknown): readonly FieldError[] {
  if (typeof fault !== 'object' || fault === null) return [];
  const { field, message } = fault as Readonly<Record<string, unknown>>;
  return typeof field === 'string' && typeof message === 'string' ? [{ field, message }] : [];
}
