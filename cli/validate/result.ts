import { sentencesOf } from '../../src/checks/refusal.ts';
import { sentence } from '../../src/model/violation.ts';
import { stepsOf } from '../../src/model/path.ts';
import type { ManifestDocument } from '../manifests/documents.ts';
import type { Position } from '../manifests/position.ts';
import type { Trouble } from '../manifests/read-files.ts';
import type { CheckSource } from './check-source.ts';
import type { Judgement } from './judge.ts';

/** One line of what is wrong, at its place. */
export interface Line extends Position {
  readonly file: string;
  readonly severity: 'error' | 'warning';
  readonly check: CheckSource;
  /** Of which resource it is said, if of any. */
  readonly resource: string | undefined;
  /** In the webhook's own words. */
  readonly message: string;
}

/** A document, or a file that could not be read, and all that is said of it. */
export interface Judged extends Position {
  readonly file: string;
  readonly resource: string | undefined;
  readonly verdict: 'accepted' | 'refused' | 'unreadable';
  readonly lines: readonly Line[];
}

/** What every output format shows. */
export interface Result {
  /** In the order of files and lines. */
  readonly judged: readonly Judged[];
  /** Documents that are somebody else's. */
  readonly skipped: number;
  readonly files: number;
  /** What was left open, each a sentence. */
  readonly gaps: readonly string[];
}

export function resultOf(
  judgements: readonly Judgement[],
  troubles: readonly Trouble[],
  rest: Omit<Result, 'judged'>,
): Result {
  const judged = [...judgements.map(judgedOf), ...troubles.map(unreadable)];
  return { ...rest, judged: judged.sort(byPlace) };
}

/** How many lines are of one severity. */
export function count({ judged }: Result, severity: Line['severity']): number {
  return judged.reduce(
    (sum, { lines }) => sum + lines.filter((line) => line.severity === severity).length,
    0,
  );
}

function judgedOf({ document, title, said }: Judgement): Judged {
  const seen = new Set<string>();
  const lines = said
    .map(({ verdict, check, ...violation }): Line => {
      const severity = verdict === 'deny' ? 'error' : 'warning';
      const message = sentence(violation);
      const { file } = document;
      return { file, ...document.at(stepsOf(violation.path)), severity, check, resource: title, message };
    })
    .filter(({ severity, message }) => {
      const isNew = !seen.has(`${severity} ${message}`);
      seen.add(`${severity} ${message}`);
      return isNew;
    })
    .sort(byPlace);
  const verdict = sentencesOf(said, 'deny').length > 0 ? 'refused' : 'accepted';
  return { file: document.file, ...startOf(document), resource: title, verdict, lines };
}

function startOf(document: ManifestDocument): Position {
  return document.at([]);
}

function unreadable({ file, line, column, message }: Trouble): Judged {
  const said: Line = { file, line, column, severity: 'error', check: 'yaml', resource: undefined, message };
  return { file, line, column, resource: undefined, verdict: 'unreadable', lines: [said] };
}

function byPlace(
  one: Position & { readonly file: string },
  other: Position & { readonly file: string },
): number {
  if (one.file !== other.file) return one.file < other.file ? -1 : 1;
  return one.line - other.line || one.column - other.column;
}
