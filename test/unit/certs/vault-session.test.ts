import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { VaultError } from '../../../certs/vault-error.ts';
import { VaultSession } from '../../../certs/vault-session.ts';
import { VaultTransport } from '../../../certs/vault-transport.ts';
import { Authority } from '../../support/vault/authority.ts';
import { FakeVault } from '../../support/vault/fake-vault.ts';
import { ManualClock } from '../manual-clock.ts';

const login = 'POST auth/approle/login';
const renewal = 'POST auth/token/renew-self';
const use = 'GET pki/cert/ca';

describe('a token of Vault', () => {
  let clock: ManualClock;
  let vault: FakeVault;
  let authority: Authority;
  let folder: string;
  let file: string;

  before(async () => {
    authority = await Authority.root(new ManualClock().now());
    folder = await mkdtemp(join(tmpdir(), 'portcullis-vault-'));
    file = join(folder, 'secret');
  });
  after(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    clock = new ManualClock();
    vault = new FakeVault({ authority, grant: { now: clock.now(), lifeMs: 1000 } });
    vault.lease = { seconds: 900, renewable: true };
    await vault.start();
    await writeFile(file, 'first-secret\n');
  });
  afterEach(() => vault.stop());

  const session = (by: 'approle' | 'token' = 'approle') =>
    new VaultSession(
      by === 'token' ? { by, tokenFile: file } : { by, mount: by, roleId: 'the-role', secretIdFile: file },
      { transport: new VaultTransport({ address: vault.address }), clock },
    );
  const advice = { refused: '', forbidden: '', absent: '' };
  /** The engine answers 404 to that, once the token is good. */
  const used = (held: VaultSession) =>
    held.call({ method: 'GET', path: 'pki/cert/ca', purpose: 'use it', advice }).then(
      () => 'used',
      (error: unknown) => (error as VaultError).means,
    );

  it('is logged in for when it is needed, and serves until it ends', async () => {
    const held = session();
    await held.keep();
    expect(vault.calls).to.deep.equal([]);
    expect([await used(held), await used(held)]).to.deep.equal(['absent', 'absent']);
    expect(vault.calls).to.deep.equal([login, use, use]);
    await clock.advance(900_000);
    await used(held);
    expect(vault.calls.slice(3)).to.deep.equal([login, use]);
  });

  it('is renewed when two thirds of its life are over', async () => {
    const held = session();
    await used(held);
    expect(held.renewAt).to.deep.equal(new Date(clock.now().getTime() + 600_000));
    await clock.advance(599_000);
    await held.keep();
    await clock.advance(1000);
    await held.keep();
    expect(vault.calls).to.deep.equal([login, use, renewal]);
    await clock.advance(500_000);
    await used(held);
    expect(vault.calls.slice(3)).to.deep.equal([use]);
    expect(new Set(vault.asked.slice(1).map(({ token }) => token)).size).to.equal(1);
  });

  it('that Vault does not prolong any more is left to its end, and logged in for anew', async () => {
    const held = session();
    await used(held);
    vault.lease = { seconds: 300, renewable: true };
    await clock.advance(600_000);
    await held.keep();
    expect(held.renewAt).to.equal(undefined);
    await clock.advance(299_000);
    await used(held);
    await clock.advance(1000);
    await used(held);
    expect(vault.calls).to.deep.equal([login, use, renewal, use, login, use]);
  });

  it('that can not be renewed is not tried to be', async () => {
    vault.lease = { seconds: 900, renewable: false };
    const held = session();
    await used(held);
    expect(held.renewAt).to.equal(undefined);
  });

  it('whose renewal is refused is logged in for anew; one whose renewal fails is kept', async () => {
    const held = session();
    await used(held);
    await clock.advance(600_000);
    vault.odd = ({ what }) => (what === renewal ? { status: 503 } : undefined);
    expect(await held.keep().catch((error: unknown) => (error as VaultError).means)).to.equal('unavailable');
    await used(held);
    vault.odd = ({ what }) => (what === renewal ? { status: 403 } : undefined);
    await held.keep();
    await used(held);
    expect(vault.calls).to.deep.equal([login, use, renewal, use, renewal, login, use]);
  });

  it('that Vault has forgotten is replaced once, and a new one that is refused is believed', async () => {
    const held = session();
    await used(held);
    vault.tokens.clear();
    expect(await used(held)).to.equal('absent');
    expect(vault.calls).to.deep.equal([login, use, use, login, use]);
    vault.odd = ({ what }) => (what === use ? { status: 403 } : undefined);
    expect(await used(held)).to.equal('forbidden');
    expect(vault.calls.slice(5)).to.deep.equal([use, login, use]);
  });

  it('is logged in for with what the file says at that time', async () => {
    const held = session();
    await used(held);
    await writeFile(file, 'second-secret');
    vault.tokens.clear();
    await used(held);
    const shown = vault.asked.filter(({ what }) => what === login).map(({ body }) => body.secret_id);
    expect(shown).to.deep.equal(['first-secret', 'second-secret']);
  });

  it('in a file is looked at for its life, and read anew when it is refused', async () => {
    vault.tokens.add('first-secret');
    const held = session('token');
    await used(held);
    expect(held.renewAt).to.deep.equal(new Date(clock.now().getTime() + 600_000));
    vault.tokens.clear();
    vault.tokens.add('second-secret');
    await writeFile(file, 'second-secret');
    expect(await used(held)).to.equal('absent');
    expect(vault.asked.at(-1)?.token).to.equal('second-secret');
  });

  it('in a file that may not look at itself is used as it is, and one that never ends is kept', async () => {
    vault.tokens.add('first-secret');
    vault.odd = ({ what }) => (what.includes('lookup') ? { status: 403 } : undefined);
    const held = session('token');
    expect(await used(held)).to.equal('absent');
    vault.odd = () => undefined;
    vault.lease = { seconds: 0, renewable: false };
    const endless = session('token');
    await used(endless);
    await clock.advance(1e12);
    const asked = vault.calls.length;
    await used(endless);
    expect(vault.calls.slice(asked)).to.deep.equal([use]);
  });

  it('can not be had from a file that is missing, empty or of several words, and the message says which file', async () => {
    const message = async () =>
      session()
        .call({ method: 'GET', path: 'x', purpose: 'use it', advice })
        .catch((error: unknown) => String(error));
    for (const content of ['', '  \n', 'two words', 'a\nb']) {
      await writeFile(file, content);
      expect(await message()).to.contain('the file of PORTCULLIS_VAULT_SECRET_ID_FILE holds no token');
    }
    await rm(file);
    expect(await message()).to.contain('PORTCULLIS_VAULT_SECRET_ID_FILE can not be read');
    expect(vault.calls).to.deep.equal([]);
  });

  it('is not given where a second factor is asked for, and that is said', async () => {
    vault.odd = () => ({ status: 200, body: { auth: { client_token: '', mfa_requirement: {} } } });
    const failure = await session()
      .call({ method: 'GET', path: 'x', purpose: 'use it', advice })
      .catch((error: unknown) => String(error));
    expect(failure).to.contain('second factor');
  });
});
