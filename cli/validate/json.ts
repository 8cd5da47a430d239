import { count, type Result } from './result.ts';

/** The result for programs. */
export function valueOf(result: Result): unknown {
  return {
    documents: result.judged.map(({ file, line, column, resource, verdict, lines }) => ({
      file,
      line,
      column,
      ...(resource === undefined ? {} : { resource }),
      verdict,
      findings: lines.map(({ line: at, column: from, severity, check, message }) => ({
        line: at,
        column: from,
        severity,
        check,
        message,
      })),
    })),
    skipped: result.skipped,
    files: result.files,
    errors: count(result, 'error'),
    warnings: count(result, 'warning'),
    gaps: result.gaps,
  };
}
