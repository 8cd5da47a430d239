import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { table } from '../../src/kinds/table.ts';
import { root } from '../support/root.ts';

const folder = join(root, 'examples');

/** The example manifests as one text, in the order of their names, with the gateway's URLs put in. */
export async function exampleManifests(gatewayUrl: string, adminUrl: string): Promise<string> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts
    .join('---\n')
    .replaceAll('http://127.0.0.1:9090', gatewayUrl)
    .replaceAll('http://127.0.0.1:9092', adminUrl);
}

/** The examples without what a gateway of generation 1 does not serve. */
export function servedBy(manifests: string, api: 'v0.9' | 'v1'): string {
  const unserved = table.rows
    .filter(({ collection }) => !collection.generations.includes(api))
    .map(({ kind }) => kind);
  return parseAllDocuments(manifests)
    .filter((document) => !unserved.includes(String(document.get('kind'))))
    .map((document) => document.toString())
    .join('---\n');
}
