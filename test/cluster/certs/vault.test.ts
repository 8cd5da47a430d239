import { createPublicKey, X509Certificate, type JsonWebKey } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { keyKinds } from '../../../certs/signing-request.ts';
import type { Trust } from '../../../certs/source.ts';
import { VaultIssued, type VaultOptions } from '../../../certs/vault-issued.ts';
import type { VaultLogin } from '../../../certs/vault-login.ts';
import { systemClock, type Clock } from '../../../src/runtime/clock.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { freshNamespace, kubectl, useCluster } from '../../support/cluster/shared.ts';
import { prepareAppRole, prepareEngine, prepareServiceAccount } from '../../support/vault/prepare.ts';
import { startVault, type RealVault } from '../../support/vault/real-vault.ts';

const hourMs = 3_600_000;
const everybody: Trust = { settlesInMs: () => 0 };

describe('a real Vault', function () {
  this.timeout(60_000);
  useCluster();
  let vault: RealVault;
  let ahead = 0;
  const clock: Clock = { ...systemClock, now: () => new Date(Date.now() + ahead) };
  const logins = {} as Record<VaultLogin['by'], VaultLogin>;
  const file = async (name: string, content: string) => {
    const path = join(vault.folder, name);
    await writeFile(path, `${content}\n`);
    return path;
  };

  // It may have to be built first.
  before(async function () {
    this.timeout(3_600_000);
    vault = await startVault();
    await prepareEngine(vault);
    const { roleId, secretId } = await prepareAppRole(vault);
    const secretIdFile = await file('secret-id', secretId);
    logins.approle = { by: 'approle', mount: 'approle', roleId, secretIdFile };
    const namespace = await freshNamespace('vault');
    await kubectl(['create', 'serviceaccount', 'webhook', '-n', namespace]);
    const jwt = await kubectl(['create', 'token', 'webhook', '-n', namespace, '--audience', 'vault']);
    const { keys } = JSON.parse(await kubectl(['get', '--raw', '/openid/v1/jwks'])) as { keys: JsonWebKey[] };
    await prepareServiceAccount(vault, {
      publicKeys: keys.map((key) =>
        createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString(),
      ),
      subject: `system:serviceaccount:${namespace}:webhook`,
      audience: 'vault',
    });
    const tokenFile = await file('jwt', jwt);
    logins.kubernetes = { by: 'kubernetes', mount: 'kubernetes', role: 'webhook', tokenFile };
    const made = await vault.ask('POST', 'auth/token/create', { policies: ['webhook'], ttl: '1h' });
    const { client_token: token } = made.auth as Readonly<Record<string, string>>;
    logins.token = { by: 'token', tokenFile: await file('token', token ?? '') };
  });
  after(() => vault.stop());
  beforeEach(() => (ahead = 0));

  const source = (options: Partial<VaultOptions> = {}) =>
    new VaultIssued(
      {
        address: vault.address,
        caFile: vault.caFile,
        login: logins.approle,
        mount: 'pki',
        role: 'webhook',
        keyKind: 'ec-p256',
        dnsNames: ['webhook.home.svc'],
        leafLifeMs: 3 * hourMs,
        lateness: 0,
        ...options,
      },
      { clock, logger: silentLogger },
    );
  const failureOf = (options: Partial<VaultOptions>) =>
    source(options)
      .look(everybody)
      .then(
        () => 'nothing failed',
        (error: unknown) => String(error),
      );

  for (const by of ['kubernetes', 'approle', 'token'] as const)
    it(`signs for who logs in by ${by}`, async () => {
      const served = await source({ login: logins[by] }).look(everybody);
      const leaf = new X509Certificate(served.leaf.cert);
      expect(leaf.checkHost('webhook.home.svc')).to.equal('webhook.home.svc');
      expect(leaf.verify(new X509Certificate(served.bundle!).publicKey)).to.equal(true);
    });

  for (const keyKind of keyKinds)
    it(`signs a request with a key of the kind ${keyKind}`, async () => {
      const served = await source({ keyKind }).look(everybody);
      const { asymmetricKeyType } = new X509Certificate(served.leaf.cert).publicKey;
      expect(asymmetricKeyType).to.equal(keyKind.startsWith('rsa') ? 'rsa' : 'ec');
    });

  it('shows the authorities below its root, and has all of them trusted', async () => {
    await vault.ask('POST', 'sys/mounts/below', { type: 'pki', config: { max_lease_ttl: '8760h' } });
    const asked = await vault.ask('POST', 'below/intermediate/generate/internal', { common_name: 'below' });
    const { csr } = asked.data as { readonly csr: string };
    const signed = await vault.ask('POST', 'pki/root/sign-intermediate', { csr, ttl: '4000h' });
    const { certificate, ca_chain: chain } = signed.data as {
      readonly certificate: string;
      readonly ca_chain: readonly string[];
    };
    await vault.ask('POST', 'below/intermediate/set-signed', {
      certificate: [certificate, ...chain].join('\n'),
    });
    await vault.ask('POST', 'below/roles/webhook', {
      allowed_domains: 'svc',
      allow_subdomains: true,
      key_type: 'any',
    });
    const { leaf, shared = [] } = await source({ mount: 'below' }).look(everybody);
    const pems = leaf.cert.match(/-----BEGIN CERTIFICATE/g);
    expect(pems).to.have.length(2);
    expect(shared.map(({ pem }) => new X509Certificate(pem).subject).toSorted()).to.deep.equal([
      'CN=below',
      'CN=first root',
    ]);
  });

  it('signs anew when two thirds are over, with the token of before, which was renewed', async () => {
    const login = { by: 'approle', mount: 'approle', ...(await ownRole('renewed')) } as const;
    const replica = source({ login });
    const first = await replica.look(everybody);
    ahead = 45 * 60_000;
    expect((await replica.look(everybody)).leaf.cert).to.equal(first.leaf.cert);
    const [token, ...more] = await tokensOf('renewed');
    expect(more).to.deep.equal([]);
    expect(token).to.have.property('last_renewal_time').which.is.a('number');
    ahead = 90 * 60_000;
    await replica.look(everybody);
    ahead = 2.1 * hourMs;
    expect((await replica.look(everybody)).leaf.cert).not.to.equal(first.leaf.cert);
    expect(await tokensOf('renewed')).to.have.length(1);
  });

  it('signs for a new token when it has revoked the one of before', async () => {
    const login = { by: 'approle', mount: 'approle', ...(await ownRole('revoked')) } as const;
    const replica = source({ login });
    const first = await replica.look(everybody);
    const [token] = await tokensOf('revoked');
    await vault.ask('POST', 'auth/token/revoke-accessor', { accessor: token?.accessor });
    ahead = 2.1 * hourMs - 1;
    const second = await replica.look(everybody);
    expect(second.leaf.cert).not.to.equal(first.leaf.cert);
  });

  /** Who logs in by a role of its own can be told apart. */
  const ownRole = async (name: string) => {
    // Longer than the life of a certificate, so that no clock of ours says that it is over.
    const values = { token_policies: ['default', 'webhook'], token_ttl: '1h', token_max_ttl: '24h' };
    await vault.ask('POST', `auth/approle/role/${name}`, values);
    const id = await vault.ask('GET', `auth/approle/role/${name}/role-id`);
    const secret = await vault.ask('POST', `auth/approle/role/${name}/secret-id`, {});
    const { secret_id: secretId } = secret.data as { readonly secret_id: string };
    return {
      roleId: (id.data as { readonly role_id: string }).role_id,
      secretIdFile: await file(`secret-id-${name}`, secretId),
    };
  };
  const tokensOf = async (role: string) => {
    const { data } = await vault.ask('LIST', 'auth/token/accessors');
    const { keys } = data as { readonly keys: readonly string[] };
    const found = await Promise.all(
      keys.map(
        async (accessor) => (await vault.ask('POST', 'auth/token/lookup-accessor', { accessor })).data,
      ),
    );
    return (
      found as readonly { readonly accessor: string; readonly meta?: { readonly role_name?: string } }[]
    ).filter(({ meta }) => meta?.role_name === role);
  };

  const refusals: readonly [
    string,
    () => Promise<Partial<VaultOptions>> | Partial<VaultOptions>,
    readonly string[],
  ][] = [
    ['an unknown role', () => ({ role: 'nobody' }), ['400', 'unknown role', 'nobody']],
    [
      'a name that the role does not allow',
      () => ({ dnsNames: ['webhook.example.com'] }),
      ['400', 'not allowed', 'PORTCULLIS_VAULT_NAMES'],
    ],
    [
      'a kind of key that the role does not allow',
      async () => {
        await vault.ask('POST', 'pki/roles/ec-only', {
          allowed_domains: 'svc',
          allow_subdomains: true,
          key_type: 'ec',
        });
        return { role: 'ec-only', keyKind: 'rsa-2048' };
      },
      ['400', 'keys of type ec', 'PORTCULLIS_VAULT_KEY'],
    ],
    [
      'a life beyond that of the CA',
      async () => {
        await vault.ask('POST', 'pki/roles/long', {
          allowed_domains: 'svc',
          allow_subdomains: true,
          key_type: 'any',
          max_ttl: '87600h',
        });
        return { role: 'long', leafLifeMs: 80_000 * hourMs };
      },
      ['400', 'beyond the expiration of the CA', 'PORTCULLIS_CERTIFICATE_LIFE'],
    ],
    [
      'a mount that is not there',
      () => ({ mount: 'pki-2' }),
      ['404', 'no handler', 'PORTCULLIS_VAULT_MOUNT (pki-2)'],
    ],
    [
      'a policy that is missing',
      async () => {
        const made = await vault.ask('POST', 'auth/token/create', { policies: ['default'], ttl: '1h' });
        const { client_token: token = '' } = made.auth as Readonly<Record<string, string>>;
        return { login: { by: 'token', tokenFile: await file('powerless', token) } };
      },
      ['403', 'permission denied', '"update" on pki/sign/webhook'],
    ],
    [
      'a secret id that is wrong',
      async () => ({
        login: {
          by: 'approle',
          mount: 'approle',
          roleId: 'x',
          secretIdFile: await file('wrong', 'not-the-secret'),
        },
      }),
      ['400', 'invalid role or secret ID', 'PORTCULLIS_VAULT_ROLE_ID'],
    ],
    [
      'a token of another service account',
      async () => {
        const jwt = await kubectl(['create', 'token', 'default', '--audience', 'vault']);
        return {
          login: {
            by: 'kubernetes',
            mount: 'kubernetes',
            role: 'webhook',
            tokenFile: await file('other', jwt),
          },
        };
      },
      ['400', 'sub', 'bound to our service account'],
    ],
    [
      'a login method that is not enabled',
      () => ({ login: { ...logins.kubernetes, mount: 'elsewhere' } as VaultLogin }),
      ['403', 'PORTCULLIS_VAULT_LOGIN_MOUNT (elsewhere)'],
    ],
    [
      'its own certificate, of a CA that nobody named',
      () => ({ caFile: undefined }),
      ['not signed by a trusted CA', 'PORTCULLIS_VAULT_CA_FILE'],
    ],
    ['plain HTTP', () => ({ address: new URL(`http://${vault.address.host}`) }), ['400']],
  ];
  for (const [what, options, words] of refusals)
    it(`leads to advice when it refuses ${what}`, async () => {
      const failure = await failureOf(await options());
      for (const word of words) expect(failure).to.contain(word);
    });

  it('leads to advice when it is sealed', async () => {
    const replica = source();
    const first = await replica.look(everybody);
    await vault.ask('POST', 'sys/seal', {});
    ahead = 2.1 * hourMs;
    expect((await replica.look(everybody)).leaf.cert).to.equal(first.leaf.cert);
    expect(await failureOf({}))
      .to.contain('503')
      .and.to.contain('somebody has to unseal it');
  });
});
