import { isMet, short } from '../bar.ts';
import type { PartResult, Results } from '../results.ts';

const begin = '<!-- measured: npm run bench:report writes what stands between these marks -->';
const end = '<!-- /measured -->';

/** The page with another text between its marks. */
export function replaced(page: string, text: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/performance.md has to hold ${begin} and ${end}`);
  return `${page.slice(0, from)}${begin}\n\n${text}\n\n${page.slice(to)}`;
}

/** Everything that was measured, as Markdown: the machine, the bars, the pictures, the figures. */
export function report({ machine, parts }: Results): string {
  const all = Object.entries(parts);
  const on = Object.entries(machine).map(([name, value]) => `${name} ${value}`);
  return [
    `Measured on: ${on.join(', ')}.`,
    ...all.flatMap(([name, { problem }]) =>
      problem === undefined ? [] : [`\`${name}\` did not come to its end: ${problem}`],
    ),
    barsOf(all.map(([, part]) => part)),
    ...all.flatMap(([, { curves }]) =>
      curves.map(({ name, title }) => `![${title}](performance/${name}.svg)`),
    ),
    ...all.map(([name, part]) => figuresOf(name, part)),
  ].join('\n\n');
}

function barsOf(parts: readonly PartResult[]): string {
  const rows = parts
    .flatMap(({ bars }) => bars)
    .map((bar) => [
      `\`${bar.name}\``,
      bar.about,
      short(bar.measured),
      `${bar.is} ${short(bar.bar)}`,
      isMet(bar) ? 'met' : '**short**',
    ]);
  return table(['bar', 'what', 'measured', 'bar', ''], rows);
}

function figuresOf(name: string, { at, seconds, figures }: PartResult): string {
  const rows = figures.map((figure) => [
    `\`${figure.name}\``,
    `${short(figure.value)} ${figure.unit}`,
    figure.rounds === undefined ? '' : figure.rounds.map(short).join(' · '),
  ]);
  const head = `### Figures of \`${name}\`\n\nAt ${at}, in ${seconds} s.`;
  return `${head}\n\n${table(['figure', 'median', 'rounds'], rows)}`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
