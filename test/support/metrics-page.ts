import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Registry } from 'prom-client';
import { parseExposition } from './exposition.ts';
import { root } from './root.ts';

interface Listed {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

/** Every metric that docs/metrics.md lists, a line of its tables each, in the order of their names. */
export async function metricsListed(): Promise<readonly string[]> {
  const document = await readFile(join(root, 'docs/metrics.md'), 'utf8');
  return ordered(document.split('\n').filter((line) => line.startsWith('| `')));
}

/** The same of what a registry holds. */
export async function metricsShown(registry: Registry): Promise<readonly string[]> {
  const types = parseExposition(await registry.metrics());
  const rows = (registry.getMetricsAsArray() as unknown as Listed[]).map(({ name, help, labelNames }) => {
    const labels = labelNames.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${types.get(name)?.type ?? ''} | ${labels} | ${help} |`;
  });
  return ordered(rows);
}

function ordered(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replaceAll(/ +/g, ' ')).toSorted();
}
