import { styleText } from 'node:util';
import { type Command, Option } from 'commander';
import stringWidth from 'string-width';
import { stringify } from 'yaml';
import type { Io } from './io.ts';

export const formats = ['table', 'json', 'yaml'] as const;
export type Format = (typeof formats)[number];

/** The option that `withOutput` adds, as commander reads it. */
export interface OutputOptions<More extends string = never> {
  readonly output: Format | More;
}

/** A cell, and how it is to be taken where there are colours. */
export type Cell = string | { readonly text: string; readonly tone: Tone };
export type Tone = 'good' | 'warning' | 'bad' | 'faint';

export interface Printed {
  /** As kubectl heads its columns: NAMESPACE, NAME, READY. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** The same for programs: what stands in JSON and YAML. */
  readonly value: unknown;
  /** Said on standard error instead of a table without rows. */
  readonly none?: string;
}

/** Adds -o; `more` are formats that only this command has, and prints itself. */
export function withOutput(command: Command, more: readonly string[] = []): Command {
  return command.addOption(
    new Option('-o, --output <format>', 'how it is printed').choices([...formats, ...more]).default('table'),
  );
}

/** Prints one result. */
export function print(io: Io, format: Format, { columns, rows, value, none }: Printed): void {
  if (format === 'table' && rows.length === 0 && none !== undefined) io.err(`${none}\n`);
  else io.out(printedText(format, { columns, rows, value }, io.colour));
}

function printedText(format: Format, { columns, rows, value }: Printed, colour: boolean): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(value, null, 2)}\n`;
    case 'yaml':
      return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
    case 'table':
      return tableText(columns, rows, colour);
  }
}

/** Columns with three spaces between, as kubectl has them; what is empty reads `<none>`. */
export function tableText(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  colour: boolean,
): string {
  const lines = [columns, ...rows].map((line) => line.map(cellOf));
  const widths = columns.map((_, index) =>
    Math.max(...lines.map((line) => stringWidth(line[index]?.text ?? ''))),
  );
  return lines
    .map((line) => {
      const cells = line.map(({ text, tone }, index) => {
        const isLast = index === line.length - 1;
        const padding = isLast ? '' : ' '.repeat((widths[index] ?? 0) - stringWidth(text) + 3);
        return toned(text, tone, colour) + padding;
      });
      return `${cells.join('')}\n`;
    })
    .join('');
}

const colours = { good: 'green', warning: 'yellow', bad: 'red', faint: 'dim' } as const;

/** The text in the colour of its tone, where there are colours. */
export function toned(text: string, tone: Tone | undefined, colour: boolean): string {
  return tone === undefined || !colour ? text : styleText(colours[tone], text, { validateStream: false });
}

function cellOf(cell: Cell): { readonly text: string; readonly tone: Tone | undefined } {
  const { text, tone } = typeof cell === 'string' ? { text: cell, tone: undefined } : cell;
  // What others wrote must neither break the table nor steer the terminal.
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
  return { text: clean === '' ? '<none>' : clean, tone };
}
