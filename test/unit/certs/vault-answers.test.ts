import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { issueLeaf } from '../../../certs/material.ts';
import { VaultError } from '../../../certs/vault-error.ts';
import { VaultTransport, type VaultCall } from '../../../certs/vault-transport.ts';
import { Sensitive } from '../../../src/runtime/sensitive.ts';
import { Authority } from '../../support/vault/authority.ts';
import { FakeVault, type Answer } from '../../support/vault/fake-vault.ts';

const token = 'hvs.the-token-of-the-webhook';
const secretId = 'b1946ac9-2e5b-secret-id';
const call: VaultCall = {
  method: 'POST',
  path: 'pki/sign/webhook',
  body: { secret_id: secretId },
  token: new Sensitive(token),
  secrets: [new Sensitive(secretId)],
  purpose: 'have it signed',
  advice: { refused: 'do this', forbidden: 'do that', absent: 'do the other thing' },
};

describe('an answer of Vault', () => {
  const now = new Date();
  let authority: Authority;
  let vault: FakeVault;
  before(async () => {
    authority = await Authority.root(now, 86_400_000, '127.0.0.1');
    vault = new FakeVault({ authority, grant: { now, lifeMs: 1000 } });
    await vault.start();
  });
  const others: FakeVault[] = [];
  after(() => Promise.all([vault, ...others].map((one) => one.stop())));

  const failureOf = (place: { readonly address: URL; readonly caFile?: string }, namespace?: string) =>
    new VaultTransport({ ...place, namespace }).call(call).then(
      () => expect.fail('nothing failed'),
      (error: unknown) => error as VaultError,
    );
  const failureAt = async (answer: Answer) => {
    vault.odd = () => answer;
    return await failureOf({ address: vault.address });
  };

  const cases: readonly [number, VaultError['means'], string][] = [
    [400, 'refused', 'do this'],
    [401, 'forbidden', 'do that'],
    [403, 'forbidden', 'do that'],
    [404, 'absent', 'do the other thing'],
    [405, 'refused', 'do this'],
    [412, 'unavailable', 'has not caught up'],
    [429, 'unavailable', 'too often'],
    [472, 'unavailable', 'active node'],
    [473, 'unavailable', 'active node'],
    [500, 'unavailable', 'tried again'],
    [501, 'unavailable', 'not initialised'],
    [502, 'unavailable', 'tried again'],
    [503, 'unavailable', 'unseal'],
  ];
  for (const [status, means, advice] of cases)
    it(`${status} means ${means}, in Vault's own words and with what can be done`, async () => {
      const error = await failureAt({ status, body: { errors: ['1 error occurred', 'the reason'] } });
      expect(error).to.be.instanceOf(VaultError);
      expect(error).to.deep.include({ means, status });
      expect(error.message)
        .to.match(/^could not have it signed because Vault answered/)
        .and.contain(`${status}: 1 error occurred; the reason`)
        .and.contain(advice);
    });

  it('that is no JSON is not taken for a word of Vault, whatever its status', async () => {
    for (const status of [200, 403, 404]) {
      const error = await failureAt({ status, body: '<html>login</html>' });
      expect(error.means).to.equal('unavailable');
      expect(error.message).to.contain('no Vault').and.not.contain('login');
    }
  });

  it('that is JSON of another shape is none either', async () => {
    for (const body of ['[]', 'null', '"text"', ''])
      expect((await failureAt({ status: 200, body })).message).to.contain('sent no JSON');
  });

  it('that is too large is not read to its end', async () => {
    const error = await failureAt({ status: 200, body: { data: 'x'.repeat(300 * 1024) } });
    expect(error.message).to.contain('too large');
  });

  it('that leads elsewhere is not followed', async () => {
    const elsewhere = new FakeVault({ authority, grant: { now, lifeMs: 1000 } });
    others.push(elsewhere);
    await elsewhere.start();
    const location = `${elsewhere.address.href}v1/pki/sign/webhook`;
    const error = await failureAt({ status: 307, headers: { location } });
    expect(error.message).to.contain(elsewhere.address.host).and.contain('PORTCULLIS_VAULT_ADDRESS');
    expect(elsewhere.asked).to.deep.equal([]);
  });

  it('that repeats what it was sent shows none of it, in no form of the error', async () => {
    const error = await failureAt({ status: 400, body: { errors: [`bad ${token} or ${secretId}`] } });
    expect(error.message).to.contain('bad [sensitive] or [sensitive]');
    const shown = inspect(error, { depth: 10, showHidden: true }) + String(error.stack);
    expect(shown).not.to.contain(token).and.not.to.contain(secretId);
  });

  it('that says very much is cut, and stays on one line', async () => {
    const errors = Array.from({ length: 50 }, () => `line\nline${'x'.repeat(5000)}`);
    const { message } = await failureAt({ status: 400, body: { errors } });
    expect(message.length).to.be.lessThan(1100);
    expect(message).not.to.contain('\n');
    expect(message).to.contain('do this');
  });

  it('is asked for in the namespace that was named', async () => {
    vault.odd = () => ({ status: 404, body: {} });
    await failureOf({ address: vault.address }, 'team/shop');
    expect(vault.asked.at(-1)?.namespace).to.equal('team/shop');
    await failureOf({ address: vault.address });
    expect(vault.asked.at(-1)?.namespace).to.equal(undefined);
  });

  it('is asked for below the path of the address', async () => {
    vault.odd = () => ({ status: 404, body: {} });
    await failureOf({ address: new URL('vault/', vault.address) });
    expect(vault.asked.at(-1)?.what).to.equal('POST /vaultpki/sign/webhook');
  });

  it('does not come where nobody listens, and that is said', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const error = await failureOf({ address: new URL(`http://127.0.0.1:${port}`) });
    expect(error.means).to.equal('unavailable');
    expect(error.message).to.contain(`at 127.0.0.1:${port} because the connection was refused`);
    expect(inspect(error, { depth: 10 })).not.to.contain(token);
  });

  it('is not asked for where the CA file can not be read', async () => {
    const before = vault.asked.length;
    const error = await failureOf({ address: vault.address, caFile: '/nowhere/ca.pem' });
    expect(error.message).to.contain('PORTCULLIS_VAULT_CA_FILE can not be read');
    expect(vault.asked.length).to.equal(before);
  });

  it('of a server that nobody trusts is not waited for, and gets no token', async () => {
    const { cert, key } = await issueLeaf(authority.pair, {
      dnsNames: ['localhost'],
      lifeMs: 86_400_000,
      now,
    });
    const tls = { cert, key: key.reveal() };
    const impostor = new FakeVault({ authority, grant: { now, lifeMs: 1000 } }, tls);
    others.push(impostor);
    await impostor.start();
    const error = await failureOf({ address: impostor.address });
    expect(error.message).to.contain('trusted CA; name the CA of Vault by PORTCULLIS_VAULT_CA_FILE');
    expect(impostor.asked).to.deep.equal([]);
  });
});
