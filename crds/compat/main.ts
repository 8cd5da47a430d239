import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { crdNarrowings, type Definition } from './compare-crds.ts';

const help = `Compares the generated CRDs (crds/*.yaml) with those of every release (crds/released/<version>/*.yaml), and refuses a
change by which something is not accepted or not kept any more that once was: manifests of users and stored resources
must outlive an upgrade. Each such change is told with a JSON pointer into the CRD.

Usage: npm run crds:compat [-- --crds <folder>]

  --crds <folder>  with the CRDs and the folder "released" in it; default: crds
  --help

When a version is released its CRDs are copied, and never changed from then on:
  mkdir crds/released/1.2.3 && cp crds/*.yaml crds/released/1.2.3/

Exit status: 0 when everything is as wide as it was, 1 when something is narrower, 2 when that can not be told.
`;

async function compare(folder: string): Promise<number> {
  const released = join(folder, 'released');
  const versions = (await readdir(released)).toSorted();
  if (versions.length === 0) throw new Error(`there is no release in ${released}`);
  const present = new Map((await definitionsIn(folder)).map((one) => [one.metadata.name, one]));
  let narrowings = 0;
  for (const version of versions) {
    for (const before of await definitionsIn(join(released, version))) {
      const { name } = before.metadata;
      const after = present.get(name);
      const found =
        after === undefined ? [{ pointer: '', says: 'the CRD is gone' }] : crdNarrowings(before, after);
      for (const { pointer, says } of found)
        process.stderr.write(`${name} (since ${version}) ${pointer}: ${says}\n`);
      narrowings += found.length;
    }
  }
  if (narrowings > 0) {
    process.stderr.write(`${narrowings} changes take away what a release has promised\n`);
    return 1;
  }
  process.stdout.write(`${present.size} CRDs accept and keep all that they did in ${versions.join(', ')}\n`);
  return 0;
}

async function definitionsIn(folder: string): Promise<readonly Definition[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml'));
  if (files.length === 0) throw new Error(`there is no CRD in ${folder}`);
  return await Promise.all(
    files.map(async (name) => parse(await readFile(join(folder, basename(name)), 'utf8')) as Definition),
  );
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help);
    return 0;
  }
  const [option, folder = ''] = args;
  const isUnderstood = args.length === 0 || (args.length === 2 && option === '--crds');
  if (!isUnderstood) {
    process.stderr.write(`crds:compat: does not know ${args.join(' ')}; --help says what it does\n`);
    return 2;
  }
  try {
    return await compare(folder === '' ? fileURLToPath(new URL('..', import.meta.url)) : folder);
  } catch (error) {
    process.stderr.write(`crds:compat: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

process.exitCode = await main(process.argv.slice(2));
