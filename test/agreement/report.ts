import { table } from '../../src/kinds/table.ts';
import type { Outcome } from './compare.ts';
import { stricterReasons } from './expectation.ts';

export interface Paint {
  bold(text: string): string;
  faint(text: string): string;
  red(text: string): string;
  green(text: string): string;
}

/** Everything that the command prints at its end; the last line is the figure that counts. */
export function report(outcomes: readonly Outcome[], paint: Paint): string {
  const faulty = outcomes.filter(({ disagreements }) => disagreements.length > 0);
  const total = `${faulty.length} disagreement${faulty.length === 1 ? '' : 's'}`;
  return [
    ...tableOf(outcomes, paint),
    '',
    ...reasons(outcomes),
    ...faulty.flatMap((outcome) => ['', ...told(outcome, paint)]),
    '',
    paint.bold(faulty.length === 0 ? paint.green(total) : paint.red(total)),
  ].join('\n');
}

const columns = ['accepted', 'refused', 'stricter', 'disagreements'] as const;

function tableOf(outcomes: readonly Outcome[], paint: Paint): readonly string[] {
  const rows = table.rows
    .map(({ kind }) => ({ kind, own: outcomes.filter(({ judged }) => judged.fixture.judged.kind === kind) }))
    .filter(({ own }) => own.length > 0)
    .map(({ kind, own }) => line(kind, figures(own)));
  return [paint.bold(line('verdicts', [...columns])), ...rows, paint.bold(line('all', figures(outcomes)))];
}

function figures(outcomes: readonly Outcome[]): readonly string[] {
  return [
    outcomes.filter(({ verdict }) => verdict === 'accepted'),
    outcomes.filter(({ verdict }) => verdict === 'refused'),
    outcomes.filter(({ stricter }) => stricter !== undefined),
    outcomes.filter(({ disagreements }) => disagreements.length > 0),
  ].map(({ length }) => String(length));
}

function line(first: string, cells: readonly string[]): string {
  return first.padEnd(20) + cells.map((cell) => cell.padStart(14)).join('');
}

/** How often we refuse what a gateway would take, and why. */
function reasons(outcomes: readonly Outcome[]): readonly string[] {
  const counts = stricterReasons.map(
    (reason) => `${reason} ${outcomes.filter(({ stricter }) => stricter === reason).length}`,
  );
  return [`Stricter than the gateway on purpose: ${counts.join(', ')}.`];
}

function told({ judged, disagreements }: Outcome, paint: Paint): readonly string[] {
  const { fixture, generation } = judged;
  return [
    `${paint.red('✗')} ${paint.bold(fixture.file)} on ${generation} ${paint.faint(`(${fixture.expectation.rule})`)}`,
    ...disagreements.map((text) => `    ${text}`),
  ];
}
