import { titled, type Resource } from '../model/resource.ts';
import { sentence } from '../model/violation.ts';
import type { Finding } from './input.ts';

/** The sentences of one verdict, each once. */
export function sentencesOf(findings: readonly Finding[], verdict: Finding['verdict']): readonly string[] {
  return [...new Set(findings.filter((finding) => finding.verdict === verdict).map(sentence))];
}

/** What a person still reads; the rest is a number. */
const maxMessage = 2000;

/** The message of a refusal: every fault, one line each. */
export function refusalText(object: Resource, denials: readonly string[]): string {
  let length = 0;
  const shown = denials.filter((line, index) => (length += line.length + 3) <= maxMessage || index === 0);
  const rest = denials.length - shown.length;
  const lines = [...shown, ...(rest === 0 ? [] : [`and ${rest} more`])].map((line) => `  ${line}`);
  return `${titled(object)} is not valid:\n${lines.join('\n')}`;
}
