import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Rule } from '../../../src/manifests/rbac.ts';
import type { Manifest } from '../../agreement/corpus.ts';
import { helmFor } from '../../support/cluster/helm.ts';
import { root } from '../../support/root.ts';

/** Where the chart is rendered for. */
export const home = 'portcullis-chart';

export const chart = join(root, 'charts/portcullis');

/** Any object of a rendered chart, as far as tests look into it. */
export interface Rendered extends Manifest {
  readonly rules?: readonly Rule[];
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly webhooks?: readonly Readonly<Record<string, unknown>>[];
}

/** The sets of values that the chart is tried with, by name. */
export async function valueSets(): Promise<readonly string[]> {
  const files = await readdir(join(chart, 'ci'));
  return files.map((file) => basename(file, '-values.yaml')).sort();
}

export const fileOf = (values: string): string => join(chart, 'ci', `${values}-values.yaml`);

/** Runs helm without a cluster. Resolves whatever its exit code. */
export async function helmAlone(args: readonly string[]): ReturnType<Awaited<ReturnType<typeof helmFor>>> {
  const helm = await helmFor({ kubeconfig: '/dev/null' }, tmpdir());
  return await helm(args);
}

/** The text of the chart with a set of values, as `helm template` renders it. */
export async function renderedText(values: string, ...more: string[]): Promise<string> {
  const args = ['template', 'portcullis', chart, '--namespace', home, '--kube-version', '1.36.0'];
  const { code, stdout, stderr } = await helmAlone([...args, '--values', fileOf(values), ...more]);
  if (code !== 0) throw new Error(`helm template ended with ${code}: ${stderr}`);
  return stdout;
}

export async function rendered(values: string, ...more: string[]): Promise<readonly Rendered[]> {
  return objectsIn(await renderedText(values, ...more));
}

export function objectsIn(text: string): readonly Rendered[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Rendered | null)
    .filter((object) => object !== null);
}
