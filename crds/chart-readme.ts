import type { ChartValue } from './chart-values.ts';

const begin = '<!-- values: generated from values.yaml by `npm run generate` -->';
const end = '<!-- end of values -->';

/** A README whose table of values is the one of these. */
export function withValues(readme: string, values: readonly ChartValue[]): string {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the README of the chart lacks ${begin} or ${end}`);
  return `${readme.slice(0, from)}${begin}\n${tableOf(values)}${readme.slice(to)}`;
}

function tableOf(values: readonly ChartValue[]): string {
  const rows = values.map(
    ({ path, description, default: value }) =>
      `| \`${path.join('.')}\` | ${description.replaceAll('|', '\\|')} | ${shown(value)} |`,
  );
  return ['| value | what it does | default |', '|---|---|---|', ...rows, ''].join('\n');
}

function shown(value: unknown): string {
  return value === '' ? '' : `\`${JSON.stringify(value).replace(/^"(.*)"$/, '$1')}\``;
}
