import { toned } from '../output.ts';
import { count, type Line, type Result } from './result.ts';

/** One line a finding, as compilers write it, so that editors and terminals can jump to the place. */
export function textOf({ judged }: Result, colour: boolean): string {
  return judged
    .flatMap(({ lines }) => lines)
    .map((line) => `${clean(placed(line, colour))}\n`)
    .join('');
}

function placed({ file, line, column, severity, resource, message }: Line, colour: boolean): string {
  const word = toned(`${severity}:`, severity === 'error' ? 'bad' : 'warning', colour);
  return `${file}:${line}:${column}: ${word} ${resource === undefined ? '' : `${resource} `}${message}`;
}

/** What others wrote must not steer the terminal; our own colours may. */
function clean(text: string): string {
  return text.replace(/[\u0000-\u001a\u001c-\u001f\u007f-\u009f]+|\u001b(?!\[\d*m)/g, ' ');
}

/** What there is to know when everything has scrolled by. */
export function summaryOf(result: Result): string {
  const of = (verdict: string) => result.judged.filter((one) => one.verdict === verdict).length;
  const refused = of('refused');
  const unreadable = of('unreadable');
  const judged = result.judged.length - unreadable;
  const parts = [
    `${judged} ${judged === 1 ? 'resource' : 'resources'} in ${result.files} ${result.files === 1 ? 'file' : 'files'}`,
    refused === 0 ? 'none would be refused' : `${refused} would be refused`,
    ...(unreadable === 0 ? [] : [`${unreadable} could not be read`]),
    warningsText(count(result, 'warning')),
    ...(result.skipped === 0
      ? []
      : [`${result.skipped} other ${result.skipped === 1 ? 'document' : 'documents'} skipped`]),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function warningsText(warnings: number): string {
  if (warnings === 0) return '';
  return `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
}
