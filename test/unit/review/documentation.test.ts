import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { derivedNames, shapes } from '../../../src/review/cel/shapes.ts';
import { adviceOf, faultsOf } from '../../../src/review/compile.ts';
import { root } from '../../support/root.ts';
import { context, now, rule } from './subjects.ts';

describe('docs/review-policies.md', () => {
  let document: string;
  before(async () => {
    document = await readFile(join(root, 'docs/review-policies.md'), 'utf8');
  });
  const blocks = (language: string) =>
    [...document.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
      ([, text = '']) => text,
    );

  it('shows a policy that is taken without a word', () => {
    const policies = blocks('yaml').map((text) => (parse(text) as { readonly spec: unknown }).spec);
    expect(policies).to.have.length.at.least(1);
    for (const spec of policies) {
      expect(faultsOf(spec, context)).to.deep.equal([]);
      expect(adviceOf(spec, { ...context, now })).to.deep.equal([]);
    }
  });

  it('shows expressions that compile', () => {
    const expressions = blocks('cel').flatMap((text) =>
      text.split('\n').filter((line) => line !== '' && !line.startsWith('//')),
    );
    expect(expressions).to.have.length.at.least(4);
    for (const expression of expressions)
      expect(faultsOf({ rules: [rule(expression)] }, context), expression).to.deep.equal([]);
  });

  it('names all that rules see, with every field', () => {
    const table = document.slice(document.indexOf('## What rules see'), document.indexOf('## Functions'));
    for (const name of derivedNames) expect(table).to.contain(`| \`${name}\` |`);
    const fields = [
      'Upstream',
      'Policy',
      'Operation',
      'SecretUse',
      'Route',
      'Gateway',
      'CertificateUse',
    ] as const;
    for (const field of fields.flatMap((shape) => Object.keys(shapes[shape])))
      expect(table).to.contain(`\`${field}\``);
  });
});
