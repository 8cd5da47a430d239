import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { portcullis } from '../../support/command.ts';
import { fill, hush } from '../../support/full-gateway.ts';
import { startGateway, type Gateway } from '../../support/gateway/emulator.ts';

describe('portcullis export', function () {
  this.timeout(60_000);
  let gateway: Gateway;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'portcullis-export-'));
    gateway = await startGateway({ api: 'v0.9', pollIntervalMs: 0 });
    await fill(gateway);
    await writeFile(join(folder, 'password'), 'admin\n');
  });
  after(async () => {
    await gateway.stop();
    await rm(folder, { recursive: true });
  });

  const run = (...more: readonly string[]) =>
    portcullis([
      'export',
      '--gateway',
      gateway.url,
      '--user',
      'admin',
      '--password-file',
      join(folder, 'password'),
      ...more,
    ]);
  const isSilent = (text: string) => {
    for (const value of Object.values(hush)) expect(text).not.to.contain(value);
  };

  it('writes every credential into one file, which its owner alone reads, and says nothing of them', async () => {
    const to = join(folder, 'all');
    const { code, stdout, stderr } = await run('--to', to);
    expect([code, stdout], stderr).to.deep.equal([0, '']);
    isSilent(stderr);
    expect((await stat(join(to, '00-secrets.yaml'))).mode & 0o777).to.equal(0o600);
    expect(await readFile(join(to, '.gitignore'), 'utf8')).to.contain('00-secrets.yaml\n');
    for (const name of (await readdir(to)).filter((file) => file !== '00-secrets.yaml'))
      isSilent(await readFile(join(to, name), 'utf8'));
    const secrets = await readFile(join(to, '00-secrets.yaml'), 'utf8');
    for (const value of [hush.token, hush.vendor, hush.tools, hush.header]) expect(secrets).to.contain(value);
  });

  it('writes over nothing unless it is told to, and then keeps what was filled in', async () => {
    const to = join(folder, 'all');
    const { code, stderr } = await run('--to', to);
    expect(code).to.equal(1);
    expect(stderr).to.match(/13-restapis\.yaml.* are there already; --force writes over what is there/);
    const file = join(to, '00-secrets.yaml');
    const before = await readFile(file, 'utf8');
    const filled = before.replace(
      /(name: subscription-books-reader\ntype: Opaque\nstringData:) \{\}/,
      '$1\n  subscriptionToken: filled-in',
    );
    expect(filled).not.to.equal(before);
    await writeFile(file, filled);
    expect((await run('--to', to, '--force')).code).to.equal(0);
    expect(await readFile(file, 'utf8')).to.contain('subscriptionToken: filled-in');
  });

  it('prints manifests without a credential, and ends with 1 as their Secrets have no place', async () => {
    const { code, stdout, stderr } = await run();
    expect(code).to.equal(1);
    expect(stdout).to.contain('kind: Mcp').and.to.contain('name: mcp-tools');
    isSilent(stdout + stderr);
    expect(stderr).to.contain('--secrets names a file for it');
  });

  it('ends with 1 and the way out where the gateway knows no such user', async () => {
    const { code, stderr } = await portcullis(['export', '--gateway', gateway.url]);
    expect(code).to.equal(1);
    expect(stderr).to.contain('sign in with --user and --password-file');
  });

  it('ends with 69 where nobody answers', async () => {
    const { code, stderr } = await portcullis(['export', '--gateway', 'http://127.0.0.1:9']);
    expect(code).to.equal(69);
    expect(stderr).to.contain('is --gateway the base URL of its management API?');
  });

  it('ends with 64 where a password stands in a URL, which is not repeated, and where nothing is asked for', async () => {
    const { code, stderr } = await portcullis(['export', '--gateway', 'http://admin:hush@127.0.0.1:9']);
    expect(code).to.equal(64);
    expect(stderr).to.contain('must not hold user or password').and.not.to.contain('hush');
    expect((await portcullis(['export'])).code).to.equal(64);
  });
});
