import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { environmentOf, stagesOf } from '../support/image/dockerfile.ts';
import { root } from '../support/root.ts';

/** What a container adds to a process: the variables of the image, and the memory that the chart's limit lets V8 see. */
export interface Deployed {
  readonly settings: Readonly<Record<string, string>>;
  readonly flags: readonly string[];
}

type Values = Readonly<
  Record<string, { readonly resources?: { readonly limits?: { readonly memory?: string } } }>
>;

const mebibytes: Readonly<Record<string, number>> = { Mi: 1, Gi: 1024 };

/** In a container V8 lets its heap become half of the limit; without one, it goes by the whole machine. */
export function deployed(component: 'webhook' | 'controller'): Deployed {
  const image = stagesOf(readFileSync(join(root, 'Dockerfile'), 'utf8')).at(-1);
  const values = parse(readFileSync(join(root, 'charts/portcullis/values.yaml'), 'utf8')) as Values;
  const limit = values[component]?.resources?.limits?.memory ?? '';
  const [, count, unit = ''] = /^(\d+)(Mi|Gi)$/.exec(limit) ?? [];
  const size = Number(count) * (mebibytes[unit] ?? Number.NaN);
  if (Number.isNaN(size)) throw new Error(`the chart's limit of memory for the ${component} is ${limit}`);
  return {
    settings: environmentOf(image?.instructions ?? []),
    flags: [`--max-old-space-size=${Math.floor(size / 2)}`],
  };
}
