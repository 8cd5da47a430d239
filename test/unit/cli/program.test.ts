import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { root } from '../../support/root.ts';
import { portcullis } from './portcullis.ts';

describe('the command portcullis', function () {
  this.timeout(30_000);
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-cli-'));
  const kubeconfig = join(folder, 'config');
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'nowhere',
      clusters: [{ name: 'nowhere', cluster: { server: 'https://127.0.0.1:9' } }],
      users: [{ name: 'me', user: {} }],
      contexts: [{ name: 'nowhere', context: { cluster: 'nowhere', user: 'me' } }],
    }),
  );
  const cluster = ['validate', '-f', 'examples', '--cluster'];

  const cases: readonly (readonly [
    sentence: string,
    args: readonly string[],
    code: number,
    stderr: RegExp,
    env?: Readonly<Record<string, string>>,
  ])[] = [
    [
      'asks what was meant by an unknown command',
      ['valdate'],
      64,
      /^error: unknown command 'valdate'; did you mean validate\?\n$/,
    ],
    [
      'asks what was meant by an unknown option',
      ['validate', '-f', 'x.yaml', '--clustre'],
      64,
      /^error: unknown option '--clustre'; did you mean --cluster\?\n$/,
    ],
    [
      'names a required option that is missing',
      ['validate'],
      64,
      /^error: required option '-f, --filename <path>' not specified\n$/,
    ],
    [
      'lists the words that an option takes',
      ['validate', '-f', 'x', '-o', 'xml'],
      64,
      /Allowed choices are table, json, yaml, junit, sarif/,
    ],
    [
      'says what to do without a kubeconfig',
      cluster,
      1,
      /^error: there is no kubeconfig; name one by --kubeconfig or KUBECONFIG\n$/,
    ],
    [
      'names a kubeconfig that is not there',
      [...cluster, '--kubeconfig', '/nowhere/config'],
      1,
      /^error: could not read the kubeconfig \/nowhere\/config because .*ENOENT.*\n$/,
    ],
    [
      'asks which context was meant',
      [...cluster, '--kubeconfig', kubeconfig, '--context', 'nowere'],
      1,
      /^error: the kubeconfig has no context "nowere"; did you mean nowhere\?\n$/,
    ],
    [
      'takes the kubeconfig that KUBECONFIG names, and ends with 69 where nobody answers',
      cluster,
      69,
      /^error: could not list restapis .*--context or --kubeconfig names another cluster\n$/,
      { KUBECONFIG: kubeconfig },
    ],
  ];
  for (const [sentence, args, code, stderr, env = {}] of cases) {
    it(sentence, async () => {
      const ending = await portcullis(args, { env });
      expect(ending.stderr).to.match(stderr);
      expect(ending.stdout).to.equal('');
      expect(ending.code).to.equal(code);
    });
  }

  it('tells its version', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(await portcullis(['--version'])).to.deep.equal({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('shows examples and exit codes of each command', async () => {
    for (const command of [['validate'], ['add', 'api']]) {
      const { code, stdout } = await portcullis([...command, '--help']);
      expect(code).to.equal(0);
      expect(stdout).to.contain('Examples:').and.to.contain('Exit codes:');
    }
  });

  it('goes on without a crash when nobody reads its output any more', () => {
    const { stdout, stderr } = spawnSync(
      'bash',
      [
        '-c',
        '"$0" cli/main.ts validate -f test/fixtures | head -n 1; echo "${PIPESTATUS[0]}"',
        process.execPath,
      ],
      { cwd: root, encoding: 'utf8', env: { PATH: process.env.PATH } },
    );
    expect(stdout).to.match(/^test\/fixtures\/.*\n1\n$/);
    expect(stderr).not.to.contain('EPIPE').and.not.to.contain('    at ');
  });

  it('completes commands, options and contexts', async () => {
    const env = { KUBECONFIG: kubeconfig };
    const complete = async (...words: string[]) =>
      (await portcullis(['complete', '--', ...words], { env })).stdout;
    expect(await complete('val')).to.match(/^validate\t/);
    expect(await complete('validate', '--enf')).to.match(/^--enforcement\t/);
    expect(await complete('validate', '--context', '')).to.match(/^nowhere/);
  });

  for (const shell of ['bash', 'zsh', 'fish'])
    it(`prints a script for ${shell}`, async () => {
      const { code, stdout } = await portcullis(['completion', shell]);
      expect(code).to.equal(0);
      expect(stdout).to.contain('portcullis complete --');
    });
});
