import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { certificatesIn, holds } from '../../../certs/bundle.ts';
import type { Served, Trust } from '../../../certs/source.ts';
import { VaultIssued, type VaultOptions } from '../../../certs/vault-issued.ts';
import { createLogger } from '../../../src/runtime/logger.ts';
import { Writable } from 'node:stream';
import { Authority } from '../../support/vault/authority.ts';
import { FakeVault } from '../../support/vault/fake-vault.ts';
import { ManualClock } from '../manual-clock.ts';

const hourMs = 3_600_000;
const nobody: Trust = { settlesInMs: () => Infinity };
const everybody: Trust = { settlesInMs: () => 0 };

describe('certificates that Vault signs', () => {
  let clock: ManualClock;
  let root: Authority;
  let other: Authority;
  let vault: FakeVault;
  let folder: string;
  let jwtFile: string;
  let log: string;
  const start = new ManualClock().now();

  before(async () => {
    root = await Authority.root(start);
    other = await Authority.root(start, undefined, 'other');
    folder = await mkdtemp(join(tmpdir(), 'portcullis-vault-'));
    jwtFile = join(folder, 'jwt');
  });
  after(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    clock = new ManualClock();
    log = '';
    vault = new FakeVault({ authority: root, grant: { now: start, lifeMs: 30 * hourMs } });
    await vault.start();
    await writeFile(jwtFile, 'the.jwt.of-somebody\n');
  });
  afterEach(() => vault.stop());

  const source = (options: Partial<VaultOptions> = {}) => {
    const write = (chunk: Buffer, _encoding: unknown, done: () => void) => {
      log += chunk.toString();
      done();
    };
    const logger = createLogger({ name: 'test', level: 'debug', destination: new Writable({ write }) });
    return new VaultIssued(
      {
        address: vault.address,
        login: { by: 'kubernetes', mount: 'kubernetes', role: 'webhook', tokenFile: jwtFile },
        mount: 'pki',
        role: 'webhook',
        keyKind: 'rsa-2048',
        dnsNames: ['webhook.home.svc', 'webhook'],
        leafLifeMs: 30 * hourMs,
        lateness: 0,
        ...options,
      },
      { clock, logger },
    );
  };
  const failureOf = (looked: Promise<Served>) =>
    looked.then(
      () => 'nothing failed',
      (error: unknown) => String(error),
    );
  const inMs = ({ lookAgain }: Served) => lookAgain.getTime() - clock.now().getTime();
  const isSigned = ({ leaf }: Served, { pair }: Authority) =>
    new X509Certificate(leaf.cert).verify(new X509Certificate(pair.cert).publicKey);
  const goOn = async (ms: number) => {
    await clock.advance(ms);
    vault.grant = { ...vault.grant, now: clock.now() };
  };
  const signatures = () => vault.calls.filter((call) => call === 'POST pki/sign/webhook').length;

  it('are for the names and the life that were asked for, and their key goes nowhere', async () => {
    const served = await source().look(nobody);
    const leaf = new X509Certificate(served.leaf.cert);
    expect(['webhook.home.svc', 'webhook'].map((name) => leaf.checkHost(name))).not.to.include(undefined);
    expect(vault.calls).to.deep.equal(['POST auth/kubernetes/login', 'POST pki/sign/webhook']);
    const [login, sign] = vault.asked;
    expect(login?.body).to.deep.equal({ role: 'webhook', jwt: 'the.jwt.of-somebody' });
    expect(sign?.body).to.deep.include({
      common_name: 'webhook.home.svc',
      alt_names: 'webhook.home.svc,webhook',
      ttl: '108000s',
    });
    expect(JSON.stringify(vault.asked)).not.to.contain('PRIVATE');
    expect(served.bundle).to.equal(root.pair.cert.replaceAll('\r', ''));
  });

  it('are served with the authorities between them and the root, and all of them are trusted', async () => {
    vault.authority = await root.intermediate(start, 1000 * hourMs);
    const served = await source().look(nobody);
    const [leaf, intermediate, ...more] = certificatesIn(served.leaf.cert);
    expect(new X509Certificate(leaf!).checkIssued(new X509Certificate(intermediate!))).to.equal(true);
    expect(more).to.deep.equal([]);
    expect(holds(served.bundle!, vault.authority.chain.join(''))).to.equal(true);
  });

  it('are renewed when two thirds of their life are over, and by a late replica a little later', async () => {
    const [early, late] = [source(), source({ lateness: 1 })];
    const first = await early.look(nobody);
    expect(inMs(await late.look(nobody))).to.be.at.most(hourMs);
    await goOn(20 * hourMs - 1000);
    expect((await early.look(nobody)).leaf.cert).to.equal(first.leaf.cert);
    await goOn(2000);
    expect((await early.look(everybody)).leaf.cert).not.to.equal(first.leaf.cert);
    const before = signatures();
    await late.look(everybody);
    expect(signatures()).to.equal(before);
    await goOn(0.6 * hourMs);
    await late.look(everybody);
    expect(signatures()).to.equal(before + 1);
  });

  it('go on being served while Vault fails, which is asked ever more seldom, until they are over', async () => {
    const replica = source();
    const first = await replica.look(nobody);
    vault.odd = () => ({ status: 503, body: { errors: ['Vault is sealed'] } });
    await goOn(21 * hourMs);
    for (let round = 0; round < 200; round += 1) {
      const served = await replica.look(everybody);
      expect(served.leaf.cert).to.equal(first.leaf.cert);
      await clock.advance(Math.max(1, inMs(served)));
    }
    const asked = vault.calls.length;
    await replica.look(everybody);
    await replica.look(everybody);
    expect(vault.calls.length).to.be.within(asked, asked + 1);
    expect(log).to.contain('Vault is sealed').and.to.contain('somebody has to unseal it');
    // Each wait is a minute at most.
    expect(clock.now().getTime()).to.be.lessThan(start.getTime() + 21 * hourMs + 201 * 60_000);
    await goOn(9 * hourMs);
    expect(await failureOf(replica.look(everybody)))
      .to.contain('NoCertificate')
      .and.contain('sealed');
    vault.odd = () => undefined;
    await goOn(61_000);
    expect((await replica.look(everybody)).leaf.cert).not.to.equal(first.leaf.cert);
    // A key that was asked for in vain is asked for again, not made anew.
    expect(new Set(vault.asked.map(({ body }) => body.csr).filter(Boolean))).to.have.length(2);
  });

  it('of a new authority wait until everybody trusts it, and both are trusted meanwhile', async () => {
    const replica = source();
    const first = await replica.look(nobody);
    vault.authority = other;
    await goOn(20 * hourMs + 1000);
    const waiting = await replica.look(nobody);
    expect(waiting.leaf.cert).to.equal(first.leaf.cert);
    expect(holds(waiting.bundle!, `${root.pair.cert}${other.pair.cert}`)).to.equal(true);
    expect(inMs(waiting)).to.be.at.most(5000);
    const trusted = await replica.look(everybody);
    expect([isSigned(trusted, root), isSigned(trusted, other)]).to.deep.equal([false, true]);
    expect(signatures()).to.equal(2);
  });

  it('of a new authority that nobody can be seen to trust wait, but not for the end of those before', async () => {
    const replica = source();
    await replica.look(nobody);
    vault.authority = other;
    await goOn(26 * hourMs);
    expect(isSigned(await replica.look(nobody), root)).to.equal(true);
    await goOn(1 * hourMs + 1000);
    expect(isSigned(await replica.look(nobody), other)).to.equal(true);
  });

  it('that nobody gives leave a reason, and Vault alone for a while', async () => {
    vault.odd = ({ what }) =>
      what.includes('login') ? { status: 400, body: { errors: ['invalid role name'] } } : undefined;
    const replica = source();
    expect(await failureOf(replica.look(nobody)))
      .to.contain('invalid role name')
      .and.contain('bound to our service account');
    for (let round = 0; round < 20; round += 1) await failureOf(replica.look(nobody));
    expect(vault.calls.length).to.be.lessThan(5);
  });
});
