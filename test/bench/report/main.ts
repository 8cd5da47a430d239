/** Writes what was measured into docs/performance.md, between its two marks, and a picture for each curve beside it. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { root } from '../../support/root.ts';
import { readResults } from '../results.ts';
import { picture } from './picture.ts';
import { replaced, report } from './report.ts';

const docs = join(root, 'docs');

const program = new Command('npm run bench:report --')
  .description('Writes the results of npm run bench into docs/performance.md, with a picture for each curve.')
  .option('--json <file>', 'the results', join(root, 'bench-results/results.json'))
  .addHelpText('after', '\nExample:\n  npm run bench && npm run bench:report')
  .parse();

const { json } = program.opts<{ readonly json: string }>();
const results = readResults(json);
if (results === undefined) throw new Error(`there is no ${json} yet; npm run bench makes it`);

const pictures = join(docs, 'performance');
await mkdir(pictures, { recursive: true });
for (const curve of Object.values(results.parts).flatMap(({ curves }) => curves))
  await writeFile(join(pictures, `${curve.name}.svg`), await picture(curve));
const page = join(docs, 'performance.md');
await writeFile(page, replaced(await readFile(page, 'utf8'), report(results)));
console.log(`${page} and ${pictures} are written`);
