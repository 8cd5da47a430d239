import { checkNames } from '../src/checks/checks.ts';
import type { Finding } from '../src/checks/input.ts';
import { refusalText, sentencesOf } from '../src/checks/refusal.ts';
import type { Resource } from '../src/model/resource.ts';

/** What a review ends in, before it is written as JSON. */
export type Verdict = {
  readonly warnings: readonly string[];
  /** What was found and by which check, for counting. */
  readonly found?: readonly Found[];
  /** What goes into the audit log, whatever the verdict. */
  readonly audit?: Readonly<Record<string, string>> | undefined;
} & (
  | { readonly allowed: true; readonly patch?: readonly object[] }
  | { readonly allowed: false; readonly code: number; readonly message: string }
);

export interface Found {
  readonly check: FindingSource;
  readonly verdict: Finding['verdict'];
}

/**
 * By what anything can be found: the checks of a resource, review policies, the checks of an APIGateway and of a policy
 * itself, and deletion protection.
 */
export const findingSources = [...checkNames, 'review', 'gateway', 'reviewPolicy', 'protection'] as const;

type FindingSource = (typeof findingSources)[number];

export const allowed: Verdict = { allowed: true, warnings: [] };

export function refused(code: number, message: string): Verdict {
  return { allowed: false, code, message, warnings: [] };
}

/** The verdict that follows from what was found: every fault in one message, one line each. */
export function verdictOf(
  object: Resource,
  findings: readonly (Finding & { readonly check: FindingSource })[],
): Verdict {
  const denials = sentencesOf(findings, 'deny');
  const warnings = warningLines(sentencesOf(findings, 'warn'));
  const found = findings.map(({ check, verdict }) => ({ check, verdict }));
  if (denials.length === 0) return { allowed: true, warnings, found };
  return {
    allowed: false,
    code: 403,
    message: refusalText(object, denials),
    warnings,
    found,
  };
}

/** The same, with more to be told where there is room for it. */
export function withWarnings(verdict: Verdict, lines: readonly string[]): Verdict {
  return { ...verdict, warnings: warningLines([...verdict.warnings, ...lines]) };
}

/** The AdmissionReview that carries a verdict back. */
export function reviewOf(uid: string, verdict: Verdict): object {
  const warnings = verdict.warnings.length > 0 ? { warnings: verdict.warnings } : {};
  const audit = verdict.audit === undefined ? {} : { auditAnnotations: verdict.audit };
  const response = verdict.allowed
    ? { uid, allowed: true, ...warnings, ...audit, ...patched(verdict.patch) }
    : {
        uid,
        allowed: false,
        ...warnings,
        ...audit,
        status: {
          status: 'Failure',
          code: verdict.code,
          reason: reasonOf(verdict.code),
          message: verdict.message,
        },
      };
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
}

function patched(patch: readonly object[] | undefined): object {
  if (patch === undefined || patch.length === 0) return {};
  return { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
}

function reasonOf(code: number): string {
  switch (code) {
    case 400:
      return 'BadRequest';
    case 403:
      return 'Forbidden';
    case 429:
      return 'TooManyRequests';
    case 503:
      return 'ServiceUnavailable';
    default:
      return 'InternalError';
  }
}

/** The API server drops warnings with control characters, and more than 4096 characters in all (measured). */
const maxWarning = 256;
const maxWarnings = 4096;

/** Warnings as the API server passes them on: without control characters, cut, and no more than it takes. */
export function warningLines(lines: readonly string[]): readonly string[] {
  let left = maxWarnings;
  return lines.flatMap((line) => {
    const clean = line.replace(/[\u0000-\u001f\u007f]+/g, ' ');
    const short = clean.length > maxWarning ? `${clean.slice(0, maxWarning - 1)}…` : clean;
    left -= short.length;
    return left < 0 ? [] : [short];
  });
}
