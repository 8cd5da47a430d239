import { isIPv4 } from 'node:net';
import type { VaultOptions } from '../certs/vault-issued.ts';
import type { VaultLogin } from '../certs/vault-login.ts';
import type { VaultSettings } from './vault-settings.ts';

/** What the settings say of Vault; the names and the life of a certificate they say elsewhere. */
export type VaultAccess = Omit<VaultOptions, 'dnsNames' | 'leafLifeMs'>;

/** The settings as Vault's client takes them, or everything that is wrong with them together. */
export function vaultAccess(settings: VaultSettings): VaultAccess | { readonly mistakes: readonly string[] } {
  const { vaultAddress: address, vaultRole: role, vaultMount: mount } = settings;
  const { login, mistakes: ofLogin } = loginIn(settings);
  const mistakes = [
    ...(address === undefined
      ? [
          lacking(
            'PORTCULLIS_VAULT_ADDRESS',
            'PORTCULLIS_CERTIFICATES=vault',
            'https://vault.example.com:8200',
          ),
        ]
      : addressMistakes(address, settings)),
    ...(role === undefined
      ? [lacking('PORTCULLIS_VAULT_ROLE', 'PORTCULLIS_CERTIFICATES=vault', 'portcullis')]
      : pathMistakes('PORTCULLIS_VAULT_ROLE', role)),
    ...pathMistakes('PORTCULLIS_VAULT_MOUNT', mount),
    ...ofLogin,
  ];
  if (address === undefined || role === undefined || login === undefined || mistakes.length > 0)
    return { mistakes };
  const { vaultNamespace: namespace, vaultCaFile: caFile, vaultKey: keyKind } = settings;
  return { address, namespace, caFile, login, mount: trimmed(mount), role, keyKind };
}

interface LoginReading {
  readonly login: VaultLogin | undefined;
  readonly mistakes: readonly string[];
}

function loginIn(settings: VaultSettings): LoginReading {
  const { vaultLogin: by, vaultLoginMount: mount = by } = settings;
  const given = (env: string, value: string | undefined, example: string) =>
    value === undefined ? [lacking(env, `PORTCULLIS_VAULT_LOGIN=${by}`, example)] : [];
  const wrongMount = pathMistakes('PORTCULLIS_VAULT_LOGIN_MOUNT', mount);
  switch (by) {
    case 'token': {
      const { vaultTokenFile: tokenFile } = settings;
      const mistakes = given('PORTCULLIS_VAULT_TOKEN_FILE', tokenFile, '/vault/secrets/token');
      return { login: tokenFile === undefined ? undefined : { by, tokenFile }, mistakes };
    }
    case 'approle': {
      const { vaultRoleId: roleId, vaultSecretIdFile: secretIdFile } = settings;
      const mistakes = [
        ...given('PORTCULLIS_VAULT_ROLE_ID', roleId, '675a50e7-cfe0-be76-e35f-49ec009731ea'),
        ...given('PORTCULLIS_VAULT_SECRET_ID_FILE', secretIdFile, '/vault/secret-id'),
        ...wrongMount,
      ];
      if (roleId === undefined || secretIdFile === undefined) return { login: undefined, mistakes };
      return { login: { by, mount: trimmed(mount), roleId, secretIdFile }, mistakes };
    }
    case 'kubernetes': {
      const { vaultLoginRole: role, vaultServiceAccountTokenFile: tokenFile } = settings;
      const mistakes = [...given('PORTCULLIS_VAULT_LOGIN_ROLE', role, 'portcullis-webhook'), ...wrongMount];
      if (role === undefined) return { login: undefined, mistakes };
      return { login: { by, mount: trimmed(mount), role, tokenFile }, mistakes };
    }
  }
}

function addressMistakes(
  address: URL,
  { vaultAllowHttp }: Pick<VaultSettings, 'vaultAllowHttp'>,
): readonly string[] {
  const env = 'PORTCULLIS_VAULT_ADDRESS';
  const { protocol, hostname, username, password, search, hash } = address;
  return [
    ...(username + password === ''
      ? []
      : [`${env}: must be without credentials; see PORTCULLIS_VAULT_LOGIN`]),
    ...(search + hash === '' ? [] : [`${env}: must be without a query and a fragment`]),
    ...(protocol === 'https:' || vaultAllowHttp || isLoopback(hostname)
      ? []
      : [
          `${env}: must begin with https://, since tokens go there; PORTCULLIS_VAULT_ALLOW_HTTP=true allows http://`,
        ]),
  ];
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'))
  );
}

/** A mount may have several segments, but none that leads elsewhere. */
function pathMistakes(env: string, path: string): readonly string[] {
  const isGood = trimmed(path)
    .split('/')
    .every((segment) => segment !== '' && segment !== '.' && segment !== '..');
  return isGood ? [] : [`${env}: must be a path such as pki or teams/shop/pki, got ${JSON.stringify(path)}`];
}

function trimmed(path: string): string {
  return path.replace(/^\/|\/$/g, '');
}

function lacking(env: string, because: string, example: string): string {
  return `${env}: is required by ${because}; for example ${example}`;
}
