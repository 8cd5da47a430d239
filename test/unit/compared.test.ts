import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import { root } from '../support/root.ts';

const facts = join(root, '../shared/facts/REFERENCE-OPERATOR.md');
const rows = rowsOf(readFileSync(join(root, 'docs/compared.md'), 'utf8'));

describe('docs/compared.md', () => {
  it('names tests that there are, in every row', () => {
    for (const row of rows) {
      const files = [...row.matchAll(/`([\w/.-]+\.test\.ts)`((?:,? “[^”]+”)+)/g)];
      expect(files, row).not.to.have.length(0);
      for (const [, file = '', titles = ''] of files) {
        const path = file === basename(file) ? join('test/cluster/controller', file) : file;
        const text = readFileSync(join(root, path), 'utf8');
        for (const [, title = ''] of titles.matchAll(/“([^”]+)”/g)) expect(text, path).to.contain(title);
      }
    }
  });

  it('has a row for each defect, and for each thing that was seen', function () {
    if (!existsSync(facts)) {
      process.stderr.write(`SKIPPED, loudly: ${facts} is not on this machine, so its rows are not counted\n`);
      this.skip();
    }
    const [defects = [], seen = []] = [/^\| D\d/, /^\| (?!D\d)/].map((sort) =>
      rows.filter((row) => sort.test(row)),
    );
    const text = readFileSync(facts, 'utf8');
    expect(defects).to.have.length(text.match(/^\| D\d+ \|/gm)?.length ?? 0);
    expect(seen).to.have.length(rowsOf(text.slice(text.indexOf('## What it was seen to do'))).length);
  });
});

/** The rows of all tables, without their heads. */
function rowsOf(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.filter((line, index) => line.startsWith('| ') && !(lines[index + 1] ?? '').startsWith('|--'));
}
