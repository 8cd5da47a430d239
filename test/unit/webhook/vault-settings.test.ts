import { expect } from 'chai';
import { VaultIssued } from '../../../certs/vault-issued.ts';
import { readSettings, SettingsError } from '../../../src/runtime/settings.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { certificateSource } from '../../../webhook/certificate-source.ts';
import { mistakesTogether, webhookSettings } from '../../../webhook/settings.ts';
import { vaultAccess } from '../../../webhook/vault-access.ts';
import { ManualClock } from '../manual-clock.ts';
import { OneSecret } from '../certs/one-secret.ts';

/** What is right, with a login by kubernetes. */
const right = {
  PORTCULLIS_NAMESPACE: 'home',
  PORTCULLIS_CERTIFICATES: 'vault',
  PORTCULLIS_VAULT_ADDRESS: 'https://vault.example.com:8200',
  PORTCULLIS_VAULT_ROLE: 'portcullis',
  PORTCULLIS_VAULT_LOGIN_ROLE: 'webhook',
};

describe('the settings of Vault', () => {
  const read = (changes: Readonly<Record<string, string | undefined>>) =>
    readSettings({ ...right, ...changes }, webhookSettings, mistakesTogether);
  const mistakesOf = (changes: Readonly<Record<string, string | undefined>>) => {
    try {
      read(changes);
      return [];
    } catch (error) {
      if (error instanceof SettingsError) return error.mistakes;
      throw error;
    }
  };

  it('are not asked for where the certificate comes from elsewhere', () => {
    expect(
      mistakesOf({ PORTCULLIS_CERTIFICATES: 'secret', PORTCULLIS_VAULT_ADDRESS: undefined }),
    ).to.deep.equal([]);
  });

  it('lead to a source of certificates', () => {
    const dependencies = {
      client: new OneSecret().client,
      clock: new ManualClock(),
      logger: silentLogger,
      events: { record: () => undefined },
    };
    expect(certificateSource(read({}), dependencies)).to.be.instanceOf(VaultIssued);
  });

  const cases: readonly [string, Readonly<Record<string, string | undefined>>, readonly string[]][] = [
    [
      'everything that is missing, at once',
      {
        PORTCULLIS_VAULT_ADDRESS: undefined,
        PORTCULLIS_VAULT_ROLE: undefined,
        PORTCULLIS_VAULT_LOGIN_ROLE: undefined,
      },
      ['PORTCULLIS_VAULT_ADDRESS', 'PORTCULLIS_VAULT_ROLE', 'PORTCULLIS_VAULT_LOGIN_ROLE'],
    ],
    [
      'what a login by approle lacks',
      { PORTCULLIS_VAULT_LOGIN: 'approle' },
      ['PORTCULLIS_VAULT_ROLE_ID', 'PORTCULLIS_VAULT_SECRET_ID_FILE'],
    ],
    ['what a login by token lacks', { PORTCULLIS_VAULT_LOGIN: 'token' }, ['PORTCULLIS_VAULT_TOKEN_FILE']],
    [
      'http:// to another machine',
      { PORTCULLIS_VAULT_ADDRESS: 'http://vault.example.com' },
      ['PORTCULLIS_VAULT_ADDRESS'],
    ],
    [
      'a host that only looks like loopback',
      { PORTCULLIS_VAULT_ADDRESS: 'http://127.example.com' },
      ['PORTCULLIS_VAULT_ADDRESS'],
    ],
    [
      'credentials in the address',
      { PORTCULLIS_VAULT_ADDRESS: 'https://a:b@vault.example.com' },
      ['PORTCULLIS_VAULT_ADDRESS'],
    ],
    [
      'a query in the address',
      { PORTCULLIS_VAULT_ADDRESS: 'https://vault.example.com?x=1' },
      ['PORTCULLIS_VAULT_ADDRESS'],
    ],
    ['a mount that leads elsewhere', { PORTCULLIS_VAULT_MOUNT: 'pki/../sys' }, ['PORTCULLIS_VAULT_MOUNT']],
    [
      'a mount of the login without a name',
      { PORTCULLIS_VAULT_LOGIN_MOUNT: '/' },
      ['PORTCULLIS_VAULT_LOGIN_MOUNT'],
    ],
  ];
  for (const [what, changes, named] of cases)
    it(`are refused for ${what}`, () => {
      expect(mistakesOf(changes).map((mistake) => mistake.split(':')[0])).to.deep.equal(named);
    });

  for (const address of ['http://127.0.0.1:8200', 'http://localhost:8200', 'http://[::1]:8200'])
    it(`allow ${address}`, () => expect(mistakesOf({ PORTCULLIS_VAULT_ADDRESS: address })).to.deep.equal([]));

  it('allow http:// to another machine where that is said outright', () => {
    const changes = {
      PORTCULLIS_VAULT_ADDRESS: 'http://vault.example.com',
      PORTCULLIS_VAULT_ALLOW_HTTP: 'true',
    };
    expect(mistakesOf(changes)).to.deep.equal([]);
  });

  it('are read as the client takes them, with the mounts that each method has by itself', () => {
    const access = vaultAccess(
      read({ PORTCULLIS_VAULT_MOUNT: '/teams/shop/pki/', PORTCULLIS_VAULT_NAMESPACE: 'shop' }),
    );
    expect(access).to.deep.include({
      mount: 'teams/shop/pki',
      role: 'portcullis',
      namespace: 'shop',
      keyKind: 'rsa-2048',
      login: {
        by: 'kubernetes',
        mount: 'kubernetes',
        role: 'webhook',
        tokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token',
      },
    });
  });
});
