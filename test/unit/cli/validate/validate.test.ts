import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Log } from 'sarif';
import { stringify } from 'yaml';
import { group } from '../../../../src/model/generation.ts';
import { minimal } from '../../../support/manifests.ts';
import { portcullis } from '../portcullis.ts';

const api = (name: string, change: object = {}) => ({
  apiVersion: `${group}/v1`,
  kind: 'RestApi',
  metadata: { name, namespace: 'shop' },
  spec: { ...minimal.RestApi, displayName: name, context: `/${name}`, ...change },
});

describe('portcullis validate', function () {
  this.timeout(30_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'portcullis-validate-'))));

  const write = (name: string, ...documents: readonly (object | string | Buffer)[]) => {
    const texts = documents.map((one) =>
      typeof one === 'string' || Buffer.isBuffer(one) ? one.toString('latin1') : stringify(one),
    );
    writeFileSync(join(folder, name), texts.join('---\n'), 'latin1');
  };
  const validate = (...args: readonly string[]) => portcullis(['validate', ...args], { cwd: folder });

  it('ends with 0 where nothing would be refused, and says what it has seen', async () => {
    write('a.yaml', api('books'), { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' } });
    const { code, stdout, stderr } = await validate('-f', '.');
    expect(stdout).to.equal('');
    expect(stderr).to.equal('1 resource in 1 file, none would be refused, 1 other document skipped\n');
    expect(code).to.equal(0);
  });

  it('names the file, line and column of each fault, in YAML, in JSON and in a List', async () => {
    write(
      'a.yaml',
      `# a comment\r\n${stringify(api('books')).replaceAll('\n', '\r\n')}`,
      api('films', { version: 'one' }),
    );
    write(
      'b.json',
      JSON.stringify(
        { apiVersion: 'v1', kind: 'List', items: [api('songs', { context: 'songs' })] },
        null,
        2,
      ),
    );
    const { code, stdout } = await validate('-f', '.');
    expect(stdout.split('\n')).to.have.length(3);
    expect(stdout).to.match(
      /^a\.yaml:\d+:3: error: RestApi shop\/films spec\.version: must match .*got "one"$/m,
    );
    expect(stdout).to.match(/^b\.json:\d+:9: error: RestApi shop\/songs spec\.context: must match /m);
    expect(code).to.equal(1);
    const [, line = '0'] = /^a\.yaml:(\d+)/m.exec(stdout) ?? [];
    expect(readFileSync(join(folder, 'a.yaml'), 'utf8').split('\n')[Number(line) - 1]).to.contain(
      'version: one',
    );
  });

  it('finds duplicates and references across files', async () => {
    write('a.yaml', api('books'));
    write('b.yaml', { ...api('books'), metadata: { name: 'books', namespace: 'other' } });
    write('c.yaml', {
      apiVersion: `${group}/v1`,
      kind: 'ApiKey',
      metadata: { name: 'mine', namespace: 'shop' },
      spec: minimal.ApiKey,
    });
    const { stdout } = await validate('-f', '.');
    expect(stdout).to.contain('metadata.name: is taken on gateway any/gateway by RestApi other/books');
    expect(stdout).not.to.contain('ApiKey');
  });

  it('warns of what is not among the files, and refuses it where it is told to', async () => {
    write('c.yaml', {
      apiVersion: `${group}/v1`,
      kind: 'ApiKey',
      metadata: { name: 'mine', namespace: 'shop' },
      spec: minimal.ApiKey,
    });
    const lenient = await validate('-f', 'c.yaml');
    expect(lenient.stdout)
      .to.contain('warning: ApiKey shop/mine spec.parentRef')
      .and.to.contain('which does not exist in namespace shop');
    expect(lenient.code).to.equal(0);
    expect((await validate('-f', 'c.yaml', '--strict')).code).to.equal(1);
    const strict = await validate('-f', 'c.yaml', '--enforcement', 'Deny');
    expect(strict.stdout).to.contain('error: ApiKey shop/mine');
    expect(strict.code).to.equal(1);
  });

  it('tells fields that the kind does not have, with what was meant', async () => {
    write('a.yaml', api('books', { contxt: '/x' }));
    const { code, stdout } = await validate('-f', 'a.yaml');
    expect(stdout).to.contain(
      'spec.contxt: is a field that the kind does not have, and would be dropped; did you mean context?',
    );
    expect(code).to.equal(1);
  });

  it('holds files to review policies, and policies to their own rules', async () => {
    const policy = (name: string, expression: string) => ({
      apiVersion: `review.${group}/v1`,
      kind: 'ReviewPolicy',
      metadata: { name },
      spec: {
        rules: [
          { name: 'tls', expression, action: 'Deny', message: 'must be encrypted', path: 'spec.upstream' },
        ],
      },
    });
    write('a.yaml', api('books'));
    mkdirSync(join(folder, 'policies'));
    write('policies/p.yaml', policy('good', 'upstreams.all(u, u.tls)'), policy('bad', 'upstreams.all('));
    const { code, stdout } = await validate('-f', 'a.yaml', '--policies', 'policies');
    expect(stdout).to.contain(
      'error: RestApi shop/books spec.upstream: must be encrypted (policy good, rule tls)',
    );
    expect(stdout).to.match(
      /policies\/p\.yaml:\d+:\d+: error: ReviewPolicy bad spec\.rules\[0\]\.expression/,
    );
    expect(code).to.equal(1);
  });

  const bad: readonly (readonly [sentence: string, text: string | Buffer, said: RegExp])[] = [
    ['is no YAML', 'a: [', /^bad\.yaml:1:\d+: error: is no valid YAML: /m],
    [
      'repeats a key',
      'kind: A\nkind: B\n',
      /^bad\.yaml:2:1: error: is no valid YAML: Map keys must be unique$/m,
    ],
    [
      'has aliases that multiply',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
        .split('')
        .map(
          (key, index) =>
            `${key}: &${key} [${Array(9)
              .fill(`*${'abcdefgh'[index] ?? ''}`)
              .join(',')}]\n`,
        )
        .join('')}`,
      /error: has aliases that repeat too much of it/,
    ],
    ['has levels without end', `a: ${'['.repeat(20_000)}`, /error: .*(levels|valid YAML)/],
    [
      'is no UTF-8',
      Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe, 0xfd]),
      /^bad\.yaml:1:1: error: is no text in UTF-8/m,
    ],
    [
      'is of a kind that is not ours',
      stringify({ apiVersion: `${group}/v1`, kind: 'RestAp' }),
      /has no kind RestAp; did you mean RestApi\?$/m,
    ],
  ];
  for (const [sentence, text, said] of bad) {
    it(`says what is wrong with a file that ${sentence}, and judges the others`, async () => {
      write('bad.yaml', text);
      write('good.yaml', api('films', { version: 'one' }));
      const { code, stdout, stderr } = await validate('-f', '.', '-f', 'nowhere');
      expect(stdout).to.match(said);
      expect(stdout).to.match(/^nowhere:1:1: error: does not exist$/m);
      expect(stdout).to.contain('RestApi shop/films spec.version');
      expect(stderr).not.to.contain('    at ');
      expect(code).to.equal(1);
    });
  }

  it('reads standard input, with a byte order mark', async () => {
    const stdin = `\ufeff${stringify(api('films', { version: 'one' }))}`;
    const { code, stdout } = await portcullis(['validate', '-f', '-'], { stdin });
    expect(stdout).to.match(/^<stdin>:\d+:3: error: RestApi shop\/films spec\.version/);
    expect(code).to.equal(1);
  });

  it('writes reports for CI beside what it prints', async () => {
    write('a b.yaml', api('films', { version: 'one<>&"' }));
    const { stdout } = await validate('-f', '.', '--report', 'r.sarif', '--report', 'r.xml', '-o', 'json');
    expect(JSON.parse(stdout)).to.deep.include({ errors: 1, warnings: 0, files: 1, skipped: 0 });
    const { runs, version } = JSON.parse(readFileSync(join(folder, 'r.sarif'), 'utf8')) as Log;
    const [run] = runs;
    const [result] = run?.results ?? [];
    expect(version).to.equal('2.1.0');
    expect(run?.tool.driver.rules?.[result?.ruleIndex ?? -1]?.id).to.equal(result?.ruleId);
    expect(result).to.deep.include({ ruleId: 'schema', level: 'error' });
    const place = result?.locations?.[0]?.physicalLocation;
    expect(place?.artifactLocation?.uri).to.equal('a%20b.yaml');
    expect(place?.region?.startLine).to.be.greaterThan(1);
    const xml = readFileSync(join(folder, 'r.xml'), 'utf8');
    expect(xml).to.contain('<testsuites tests="1" failures="1" errors="0">');
    expect(xml).to.contain('one&lt;&gt;&amp;\\&quot;');
  });
});
