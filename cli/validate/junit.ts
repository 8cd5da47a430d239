import type { Judged, Result } from './result.ts';

/** JUnit's XML, as CI servers read it: a suite is a file, a case is a resource. */
export function junitOf({ judged }: Result): string {
  const files = [...new Set(judged.map(({ file }) => file))];
  const suites = files.map((file) =>
    suiteOf(
      file,
      judged.filter((one) => one.file === file),
    ),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts(judged)}>\n${suites.join('')}</testsuites>\n`;
}

function suiteOf(file: string, judged: readonly Judged[]): string {
  return `  <testsuite name="${escaped(file)}" ${counts(judged)}>\n${judged.map(caseOf).join('')}  </testsuite>\n`;
}

function counts(judged: readonly Judged[]): string {
  const of = (verdict: Judged['verdict']) => judged.filter((one) => one.verdict === verdict).length;
  return `tests="${judged.length}" failures="${of('refused')}" errors="${of('unreadable')}"`;
}

function caseOf({ file, line, resource, verdict, lines }: Judged): string {
  const name = resource ?? `${file}:${line}`;
  const errors = lines.filter(({ severity }) => severity === 'error');
  const warnings = lines.filter(({ severity }) => severity === 'warning');
  const text = (of: Judged['lines']) =>
    escaped(of.map((one) => `${one.file}:${one.line}:${one.column}: ${one.message}`).join('\n'));
  const tag = verdict === 'unreadable' ? 'error' : 'failure';
  const fault =
    errors.length === 0
      ? ''
      : `      <${tag} type="${escaped(errors[0]?.check ?? '')}" message="${escaped(errors[0]?.message ?? '')}">${text(errors)}</${tag}>\n`;
  const out = warnings.length === 0 ? '' : `      <system-out>${text(warnings)}</system-out>\n`;
  return `    <testcase classname="${escaped(file)}" name="${escaped(name)}" line="${line}">\n${fault}${out}    </testcase>\n`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** XML 1.0 has no way to write most control characters. */
function escaped(text: string): string {
  return text
    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      '\ufffd',
    )
    .replace(/[&<>"\n]/g, (found) => entities[found] ?? found);
}
