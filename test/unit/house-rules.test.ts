import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { table } from '../../src/kinds/table.ts';
import { root } from '../support/root.ts';

describe('the house rules that a test can see', () => {
  it('name no kind outside its own file and the table', () => {
    const folders = [
      'webhook',
      'controller',
      'certs',
      'cli',
      'src/model',
      'src/kube',
      'src/gateway',
      'src/runtime',
      'src/checks',
      'src/selection',
      'src/compare',
    ];
    // Words that mean something else too: Kubernetes has Secrets, TLS has certificates.
    const kinds = table.rows
      .map(({ kind }) => kind)
      .filter((kind) => !['Secret', 'Certificate', 'Subscription'].includes(kind));
    const named = new RegExp(`\\b(${kinds.join('|')})\\b`);
    const found = globSync(`{${folders.join(',')}}/**/*.ts`, { cwd: root }).filter((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      return named.test(text);
    });
    expect(found).to.deep.equal([]);
  });

  it('the uninstall command names every mistake in its settings at once, and ends with 2', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'controller/uninstall/main.ts')], {
      env: {
        PATH: process.env.PATH,
        PORTCULLIS_UNINSTALL_RESOURCES: 'all',
        PORTCULLIS_UNINSTALL_TIMEOUT: '5',
        PORTCULLIS_WATCH_NAMESPACES: 'shop,kube-system',
      },
      encoding: 'utf8',
    });
    expect(status).to.equal(2);
    for (const name of ['NAMESPACE', 'UNINSTALL_RESOURCES', 'UNINSTALL_TIMEOUT', 'WATCH_NAMESPACES'])
      expect(stderr).to.contain(`PORTCULLIS_${name}: `);
  }).timeout(20_000);

  for (const process_ of ['webhook', 'controller']) {
    const run = (environment: Record<string, string>, ...args: string[]) =>
      spawnSync(process.execPath, [join(root, process_, 'main.ts'), ...args], {
        env: { PATH: process.env.PATH, ...environment },
        encoding: 'utf8',
      });

    it(`the ${process_} names every mistake in its settings at once, and ends with 2`, () => {
      const { status, stderr } = run({
        PORTCULLIS_PROBE_PORT: 'http',
        PORTCULLIS_LOG_LEVEL: 'loud',
        PORTCULLIS_NAMESPCE: 'x',
      });
      expect(status).to.equal(2);
      for (const name of [
        'PORTCULLIS_NAMESPACE',
        'PORTCULLIS_PROBE_PORT',
        'PORTCULLIS_LOG_LEVEL',
        'PORTCULLIS_NAMESPCE',
      ]) {
        expect(stderr).to.contain(`${name}: `);
      }
    }).timeout(20_000);

    it(`the ${process_} says in its help what it can be told`, () => {
      const { status, stdout } = run({}, '--help');
      expect(status).to.equal(0);
      expect(stdout).to.contain('PORTCULLIS_NAMESPACE').and.to.contain('Examples:');
    }).timeout(20_000);
  }
});
